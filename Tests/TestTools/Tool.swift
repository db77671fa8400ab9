import Foundation

/// A command of the operating system that a test runs, such as `curl`. It is killed after a minute.
public struct Tool: Sendable {
    /// The exit status.
    public let status: Int32
    /// Its standard output and standard error.
    public let output: String

    /// Runs a command, and returns when it has ended.
    public static func run(_ command: String, _ arguments: [String], in folder: URL? = nil) async throws -> Tool {
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("tool-\(UUID().uuidString)")
        FileManager.default.createFile(atPath: file.path, contents: nil)
        defer { try? FileManager.default.removeItem(at: file) }
        let handle = try FileHandle(forWritingTo: file)
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["timeout", "--signal=KILL", "60", command] + arguments
        process.currentDirectoryURL = folder
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = handle
        process.standardError = handle
        let (ends, end) = AsyncStream.makeStream(of: Int32.self)
        process.terminationHandler = {
            end.yield($0.terminationStatus)
            end.finish()
        }
        try process.run()
        let status = await ends.first { _ in true } ?? -1
        try handle.close()
        return Tool(status: status, output: String(decoding: try Data(contentsOf: file), as: UTF8.self))
    }
}

extension Tool {
    /// Runs a Python script with the packages of `scripts/requirements.txt`.
    public static func python(_ script: String, _ arguments: [String]) async throws -> Tool {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let python = try await run(root.appending(path: "scripts/python").path, [])
        guard python.status == 0, let path = python.output.split(separator: "\n").last else { return python }
        return try await run(String(path), [script] + arguments)
    }
}

/// A folder that is removed with the test.
public final class ScratchFolder: Sendable {
    /// The folder.
    public let url: URL

    /// Creates a folder with a name that nothing else uses.
    public init() throws {
        url = FileManager.default.temporaryDirectory.appendingPathComponent("roost-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    /// Returns the path of a file in the folder.
    public func path(_ name: String) -> String { url.appendingPathComponent(name).path }
}
