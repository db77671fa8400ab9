import Foundation
import RoostSupervisor

/// A command of the operating system that a test runs, such as `curl`. It is killed if it does not end.
public struct Tool: Sendable {
    /// The exit status.
    public let status: Int32
    /// Its standard output and standard error.
    public let output: String

    /// Runs a command, and returns when it has ended.
    /// - Parameters:
    ///   - input: The standard input.
    ///   - includesErrors: Whether the output includes standard error.
    ///   - limit: How long it may take, in seconds.
    public static func run(
        _ command: String, _ arguments: [String], in folder: URL? = nil, input: [UInt8] = [], includesErrors: Bool = true,
        limit: Int = 60
    ) async throws -> Tool {
        var program = Program(
            "/usr/bin/env", ["timeout", "--signal=KILL", "\(limit)", command] + arguments,
            environment: ProcessInfo.processInfo.environment, folder: folder?.path)
        program.input = input.isEmpty ? .nothing : .bytes(input)
        program.includesErrors = includesErrors
        var output: [UInt8] = []
        let end = await ProcessRun().run(program) { output += $0 }
        if case .failed(let reason) = end { throw TestProcess.Failure(executable: command, reason: reason) }
        return Tool(status: end.status, output: String(decoding: output, as: UTF8.self))
    }
}

extension Tool {
    /// Runs a Python script with the packages of `scripts/requirements.txt`.
    public static func python(_ script: String, _ arguments: [String]) async throws -> Tool {
        try await run(try await pythonPath(), [script] + arguments)
    }

    /// Returns the path of a Python with the packages of `scripts/requirements.txt`.
    fileprivate static func pythonPath() async throws -> String {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let script = root.appending(path: "scripts/python").path, found = try await run(script, [])
        guard found.status == 0, let path = found.output.split(separator: "\n").last else {
            throw TestProcess.Failure(executable: script, reason: found.output)
        }
        return String(path)
    }
}

extension TestProcess {
    /// Starts a Python script with the packages of `scripts/requirements.txt`.
    public static func python(_ script: String, _ arguments: [String]) async throws -> TestProcess {
        try await start(try await Tool.pythonPath(), [script] + arguments)
    }
}
