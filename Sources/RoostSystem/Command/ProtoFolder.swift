import Foundation
import Roost
import RoostDocuments

/// A folder of `.proto` files, and the lock file of their numbers.
struct ProtoFolder {
    private let folder: URL
    private let lock: URL

    /// Creates a folder.
    /// - Parameters:
    ///   - path: The path of the folder.
    ///   - lock: The path of the lock file; by default, `protos.lock` in the folder.
    init(path: String, lock: String? = nil) {
        folder = URL(filePath: path)
        self.lock = lock.map { URL(filePath: $0) } ?? folder.appending(path: "protos.lock")
    }

    /// Writes the files of contracts.
    func write(_ contracts: [ContractDescription]) throws {
        let export = try export(contracts)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        for file in export.files { try Data(file.text.utf8).write(to: folder.appending(path: file.name), options: .atomic) }
        try Data(export.lock.text.utf8).write(to: lock, options: .atomic)
    }

    /// Returns the paths of the files that are not up to date.
    func stale(_ contracts: [ContractDescription]) throws -> [String] {
        let export = try export(contracts)
        let wanted = export.files.map { (folder.appending(path: $0.name), $0.text) } + [(lock, export.lock.text)]
        return wanted.filter { file, text in (try? Data(contentsOf: file)) != Data(text.utf8) }.map { $0.0.relativePath }
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
}
