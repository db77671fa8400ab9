import Foundation

/// A directory that lasts as long as the test that made it.
final class TemporaryDirectory: Sendable {
    let path: String

    init() throws {
        path = FileManager.default.temporaryDirectory.appendingPathComponent("roost-work-" + UUID().uuidString).path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// A database's URL in it.
    func url(_ name: String = "test.db") -> String { "sqlite:\(path)/\(name)" }
}

extension TemporaryDirectory {
    /// Lets the worker process of this name end its jobs.
    func letGo(_ name: String) throws { try Data().write(to: URL(fileURLWithPath: "\(path)/go-\(name)")) }
}
