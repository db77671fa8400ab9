import CPowerCut
import Foundation
import Synchronization

/// A folder in which SQLite works, and a record of what it did to the files, in order: what a power cut at any moment would have left can be
/// made from it afterwards (`PowerCuts`).
///
/// A file that SQLite synchronizes counts as written to the disk at that moment, and nothing else does. The files themselves are as after
/// the death of the process alone.
public final class RecordedDisk: Sendable {
    /// What SQLite did to a file.
    public enum Operation: Hashable, Sendable {
        /// It created the file, unless there was one.
        case create(String)
        /// It wrote bytes at an offset.
        case write(String, at: Int, [UInt8])
        /// It set the file's length, in bytes.
        case truncate(String, to: Int)
        /// It put the file's content on the disk.
        case sync(String)
        /// It put the names of all files on the disk.
        case syncFolder
        /// It removed the file.
        case remove(String)
    }

    /// The absolute path of the folder.
    public let folder: String
    /// The name by which SQLite knows the disk.
    private let name = "recorded-\(UUID().uuidString)"
    private let record: Record
    /// The content of the files at the beginning, which is on the disk.
    let original: [String: [UInt8]]

    /// Creates a disk with the files that a folder contains.
    /// - Parameter folder: The absolute path of the folder.
    /// - Throws: An error if the files cannot be read.
    public init(_ folder: String) throws {
        self.folder = folder
        var original: [String: [UInt8]] = [:]
        for name in try FileManager.default.contentsOfDirectory(atPath: folder) where !name.hasSuffix("-shm") {
            original[name] = Array(try Data(contentsOf: URL(filePath: "\(folder)/\(name)")))
        }
        self.original = original
        record = Record(sizes: original.mapValues(\.count))
        // SQLite keeps it.
        let context = Unmanaged.passRetained(record).toOpaque()
        let isRegistered = power_cut_register(
            name,
            { context, operation in
                guard let context, let operation else { return SQLITE_MISUSE }
                return Unmanaged<Record>.fromOpaque(context).takeUnretainedValue().add(operation.pointee)
            }, context)
        guard isRegistered != 0 else { throw POSIXError(.ENOMEM) }
    }

    deinit { record.end() }

    /// Returns the URL of a database on this disk.
    /// - Parameters:
    ///   - file: The name of the file.
    ///   - settings: Further parameters of the URL.
    public func url(_ file: String = "test.db", _ settings: String = "synchronous=full") -> String {
        "sqlite:\(folder)/\(file)?\(settings)&vfs=\(name)"
    }

    /// The number of operations so far.
    public var position: Int { record.state.withLock { $0.operations.count } }

    /// The operations so far.
    public var operations: [Operation] { record.state.withLock { $0.operations } }

    /// How often SQLite has waited for the content of a file to be on the disk.
    /// - Parameter position: The number of operations that do not count.
    public func synchronizations(since position: Int) -> Int {
        operations.dropFirst(position).count { if case .sync = $0 { true } else { false } }
    }

    /// How many bytes the files may still grow before the disk is full; `nil` for any number.
    public var room: Int? {
        get { record.state.withLock { $0.room } }
        set { record.state.withLock { $0.room = newValue } }
    }

    fileprivate final class Record: Sendable {
        struct State {
            var operations: [Operation] = []
            var sizes: [String: Int]
            var room: Int?
            var isOver = false
        }

        let state: Mutex<State>

        init(sizes: [String: Int]) { state = Mutex(State(sizes: sizes)) }

        func add(_ operation: power_cut_operation) -> Int32 {
            guard let operation = Operation(operation) else { return SQLITE_MISUSE }
            return state.withLock { state in
                guard state.grow(by: operation) else { return SQLITE_FULL }
                if !state.isOver { state.operations.append(operation) }
                return SQLITE_OK
            }
        }

        /// Forgets what nobody can ask for any more.
        func end() {
            state.withLock { state in
                state.isOver = true
                state.operations = []
            }
        }
    }
}

extension RecordedDisk.Operation {
    fileprivate init?(_ operation: power_cut_operation) {
        let name = operation.path.map { URL(filePath: String(cString: $0)).lastPathComponent } ?? ""
        switch operation.kind {
        case power_cut_create: self = .create(name)
        case power_cut_write:
            let bytes = [UInt8](UnsafeRawBufferPointer(start: operation.bytes, count: Int(operation.count)))
            self = .write(name, at: Int(operation.offset), bytes)
        case power_cut_truncate: self = .truncate(name, to: Int(operation.offset))
        case power_cut_sync: self = .sync(name)
        case power_cut_sync_folder: self = .syncFolder
        case power_cut_remove: self = .remove(name)
        default: return nil
        }
    }
}

extension RecordedDisk.Record.State {
    /// Accounts for the length of a file.
    /// - Returns: `false` if there is no room.
    fileprivate mutating func grow(by operation: RecordedDisk.Operation) -> Bool {
        let name: String, size: Int
        switch operation {
        case .write(let file, let offset, let bytes): (name, size) = (file, max(sizes[file] ?? 0, offset + bytes.count))
        case .truncate(let file, let length): (name, size) = (file, length)
        case .remove(let file): (name, size) = (file, 0)
        case .create, .sync, .syncFolder: return true
        }
        let growth = size - (sizes[name] ?? 0)
        if let room {
            guard growth <= room else { return false }
            self.room = room - growth
        }
        sizes[name] = size
        return true
    }
}
