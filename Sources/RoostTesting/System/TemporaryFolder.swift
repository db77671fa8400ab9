import Foundation

/// A folder that lasts as long as what holds it.
public final class TemporaryFolder: Sendable {
    public let path: String

    /// - Throws: where the system's folder for temporary files cannot be written to.
    public init() throws {
        path = FileManager.default.temporaryDirectory.appendingPathComponent("roost-test-" + UUID().uuidString).path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}
