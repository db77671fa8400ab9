public import Foundation

/// A new, empty folder that is deleted together with this object.
public final class TemporaryFolder: Sendable {
    /// The absolute path of the folder.
    public let path: String

    /// Creates a folder among the operating system's temporary files.
    /// - Throws: An error if the folder cannot be created.
    public init() throws {
        path = FileManager.default.temporaryDirectory.appendingPathComponent("roost-test-" + UUID().uuidString).path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// The folder as a URL.
    public var url: URL { URL(filePath: path, directoryHint: .isDirectory) }

    /// Returns the absolute path of a file in the folder.
    public func file(_ name: String) -> String { "\(path)/\(name)" }

    /// Returns the URL of an SQLite database in the folder, as `Database.open` takes it.
    /// - Parameter name: The name of the database's file.
    public func databaseURL(_ name: String = "test.db") -> String { "sqlite:\(path)/\(name)" }
}
