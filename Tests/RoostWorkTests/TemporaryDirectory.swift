import Foundation

/// A directory that exists as long as its test.
final class TemporaryDirectory: Sendable {
    let path: String

    init() throws {
        path = FileManager.default.temporaryDirectory.appendingPathComponent("roost-work-" + UUID().uuidString).path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// The URL of a database in the directory.
    func url(_ name: String = "test.db") -> String { "sqlite:\(path)/\(name)" }
}

extension TemporaryDirectory {
    /// Lets the worker process with this name complete its jobs.
    func letGo(_ name: String) throws { try Data().write(to: URL(fileURLWithPath: "\(path)/go-\(name)")) }
}
