import Foundation
import Roost
import RoostDocuments

/// A folder of `.proto` files, the lock file of their numbers, and beside it a folder `events` with the schemas of the events.
struct ProtoFolder {
    private let folder: URL
    private let lock: URL
    private var schemas: URL { lock.deletingLastPathComponent().appending(path: "events") }

    /// Creates a folder.
    /// - Parameters:
    ///   - path: The path of the folder.
    ///   - lock: The path of the lock file; by default, `protos.lock` in the folder.
    init(path: String, lock: String? = nil) {
        folder = URL(filePath: path)
        self.lock = lock.map { URL(filePath: $0) } ?? folder.appending(path: "protos.lock")
    }

    /// Writes the files of contracts and events.
    func write(_ contracts: [ContractDescription], _ events: [EventDescription]) throws {
        for (file, text) in try wanted(contracts, events) {
            try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(text.utf8).write(to: file, options: .atomic)
        }
    }

    /// Returns the paths of the files that are not up to date.
    func stale(_ contracts: [ContractDescription], _ events: [EventDescription]) throws -> [String] {
        try wanted(contracts, events).filter { file, text in (try? Data(contentsOf: file)) != Data(text.utf8) }.map { $0.0.relativePath }
    }

    private func wanted(_ contracts: [ContractDescription], _ events: [EventDescription]) throws -> [(URL, String)] {
        let protos = try export(contracts), schemas = try export(events)
        return protos.files.map { (folder.appending(path: $0.name), $0.text) } + [(lock, protos.lock.text)]
            + schemas.files.map { (self.schemas.appending(path: $0.name), $0.text) }
    }

    private func export(_ contracts: [ContractDescription]) throws -> ProtoExport {
        do {
            let committed = FileManager.default.fileExists(atPath: lock.path) ? try Data(contentsOf: lock) : Data()
            return try ProtoExport(contracts, keeping: try ProtoLock(parsing: String(decoding: committed, as: UTF8.self)))
        } catch let error as ConfigurationError where error.code == .breakingChange {
            let breaks = error.faults.map { "\n  \($0)" }.joined()
            throw ConfigurationError("the contracts are not compatible with \(lock.relativePath):\(breaks)", code: .breakingChange)
        } catch let error as ConfigurationError {
            throw ConfigurationError("\(lock.relativePath): \(error)", code: error.code)
        }
    }

    private func export(_ events: [EventDescription]) throws -> EventExport {
        do {
            let names =
                FileManager.default.fileExists(atPath: schemas.path)
                ? try FileManager.default.contentsOfDirectory(atPath: schemas.path) : []
            let recorded = try names.sorted().compactMap { name in
                EventSchemaFile(name: name, text: String(decoding: try Data(contentsOf: schemas.appending(path: name)), as: UTF8.self))
            }
            return try EventExport(events, keeping: recorded)
        } catch let error as ConfigurationError where error.code == .breakingChange {
            let breaks = error.faults.map { "\n  \($0)" }.joined()
            throw ConfigurationError("the events are not compatible with \(schemas.relativePath):\(breaks)", code: .breakingChange)
        }
    }
}
