import Foundation

/// What a power cut takes of the operations that no synchronization had put on the disk.
public enum Loss: Hashable, Sendable {
    /// All of them.
    case everything
    /// None, as if the process alone had died.
    case nothing
    /// In each file, all from one of them on, and that one is torn at a sector.
    case tail
    /// Any of them and any sectors of writes, whatever their order.
    case some
}

/// Makes the files that power cuts at different moments would have left.
///
/// Disks write sectors of 512 bytes as a whole, and what is written beside a byte does not harm it
/// (https://www.sqlite.org/psow.html). File systems carry out changes of names in order.
public struct PowerCuts: Sendable {
    private struct File {
        /// What is on the disk.
        var content: [UInt8] = []
        var pending: [Change] = []
    }

    private enum Change {
        case write(at: Int, [UInt8])
        case truncate(to: Int)
    }

    private enum Naming {
        case give(String, Int)
        case take(String)
    }

    private static let sector = 512

    private let operations: [RecordedDisk.Operation]
    private var position = 0
    private var files: [File]
    /// The files' names as the process sees them, and as they are on the disk.
    private var names: [String: Int], namesOnDisk: [String: Int]
    private var pendingNames: [Naming] = []
    private var random: SeededGenerator

    /// Prepares for the cuts of a disk's power.
    /// - Parameters:
    ///   - disk: The disk. What happens to it from now on does not count.
    ///   - seed: Decides what is lost.
    public init(of disk: RecordedDisk, seed: UInt64) {
        operations = disk.operations
        random = SeededGenerator(seed: seed)
        let original = disk.original.sorted { $0.key < $1.key }
        files = original.map { File(content: $0.value) }
        names = Dictionary(uniqueKeysWithValues: original.enumerated().map { ($1.key, $0) })
        namesOnDisk = names
    }

    /// The positions directly before each synchronization, where most is at stake, and directly after the last one.
    public var beforeSyncs: [Int] {
        operations.indices.filter { if case .sync = operations[$0] { true } else { false } } + [operations.count]
    }

    /// Goes on to a later moment.
    /// - Parameter position: The number of operations that came before the cut.
    public mutating func advance(to position: Int) {
        while self.position < min(position, operations.count) {
            carryOut(operations[self.position])
            self.position += 1
        }
    }

    /// Writes the files that a cut at this moment leaves.
    /// - Parameters:
    ///   - folder: The path of an empty folder.
    ///   - loss: What is lost.
    public mutating func leave(in folder: String, losing loss: Loss) throws {
        for (name, number) in survivingNames(loss).sorted(by: { $0.key < $1.key }) {
            var content = files[number].content
            for change in surviving(files[number].pending, loss) { Self.apply(change, to: &content) }
            try Data(content).write(to: URL(filePath: "\(folder)/\(name)"))
        }
    }

    private mutating func carryOut(_ operation: RecordedDisk.Operation) {
        switch operation {
        case .create(let name):
            guard names[name] == nil else { return }
            files.append(File())
            names[name] = files.count - 1
            pendingNames.append(.give(name, files.count - 1))
        case .write(let name, let offset, let bytes): change(name, .write(at: offset, bytes))
        case .truncate(let name, let length): change(name, .truncate(to: length))
        case .sync(let name):
            guard let number = names[name] else { return }
            for change in files[number].pending { Self.apply(change, to: &files[number].content) }
            files[number].pending = []
        case .syncFolder:
            namesOnDisk = names
            pendingNames = []
        case .remove(let name):
            guard names.removeValue(forKey: name) != nil else { return }
            pendingNames.append(.take(name))
        }
    }

    private mutating func change(_ name: String, _ change: Change) {
        if let number = names[name] { files[number].pending.append(change) }
    }

    private static func apply(_ change: Change, to content: inout [UInt8]) {
        switch change {
        case .truncate(let length):
            if length < content.count { content.removeLast(content.count - length) }
            if length > content.count { content += [UInt8](repeating: 0, count: length - content.count) }
        case .write(let offset, let bytes):
            if content.count < offset + bytes.count { apply(.truncate(to: offset + bytes.count), to: &content) }
            content.replaceSubrange(offset..<offset + bytes.count, with: bytes)
        }
    }
}

extension PowerCuts {
    private mutating func survivingNames(_ loss: Loss) -> [String: Int] {
        let count =
            switch loss {
            case .everything: 0
            case .nothing: pendingNames.count
            case .tail, .some: Int.random(in: 0...pendingNames.count, using: &random)
            }
        return pendingNames.prefix(count).reduce(into: namesOnDisk) { names, naming in
            switch naming {
            case .give(let name, let number): names[name] = number
            case .take(let name): names[name] = nil
            }
        }
    }

    private mutating func surviving(_ changes: [Change], _ loss: Loss) -> [Change] {
        switch loss {
        case .everything: return []
        case .nothing: return changes
        case .tail:
            guard !changes.isEmpty else { return [] }
            let whole = Int.random(in: 0..<changes.count, using: &random)
            var torn = Self.sectors(of: changes[whole])
            if !torn.isEmpty { torn.removeLast(Int.random(in: 1...torn.count, using: &random)) }
            return changes.prefix(whole) + torn
        case .some:
            return changes.flatMap(Self.sectors).filter { _ in Bool.random(using: &random) }
        }
    }

    /// The parts of a change that reach the disk, or do not, each by itself.
    private static func sectors(of change: Change) -> [Change] {
        guard case .write(let offset, let bytes) = change else { return [change] }
        var parts: [Change] = [], start = 0
        while start < bytes.count {
            let end = min(bytes.count, (offset + start) / sector * sector + sector - offset)
            parts.append(.write(at: offset + start, Array(bytes[start..<end])))
            start = end
        }
        return parts
    }
}
