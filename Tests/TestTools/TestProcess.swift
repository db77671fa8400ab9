import Foundation
import RoostSupervisor
import Synchronization

/// A program that a test runs in the background. It is killed when nothing refers to it any more.
public final class TestProcess: Sendable {
    /// The program could not be started.
    public struct Failure: Error {
        /// The path of the program.
        public let executable: String
        /// What went wrong.
        public let reason: String
    }

    /// The process identifier.
    public let processID: Int32
    private let run: ProcessRun
    private let output: Output
    private let lines: AsyncStream<String>
    private let exit: Task<Int32, Never>

    /// The output so far.
    private final class Output: Sendable {
        let bytes = Mutex<[UInt8]>([])
    }

    /// Starts a program.
    /// - Parameters:
    ///   - executable: The path of the program, or the name of one that is in the same folder as the tests.
    ///   - arguments: Its arguments.
    ///   - environment: Variables in addition to the environment of the tests.
    ///   - folder: The working folder; by default that of the tests.
    ///   - includesErrors: Whether standard error is read too.
    /// - Throws: A `Failure` if the program cannot be started.
    public static func start(
        _ executable: String, _ arguments: [String] = [], environment: [String: String] = [:], in folder: URL? = nil,
        includesErrors: Bool = false
    ) async throws -> TestProcess {
        let path = executable.contains("/") ? executable : built.appending(path: executable).path
        var program = Program(
            path, arguments, environment: ProcessInfo.processInfo.environment.merging(environment) { $1 }, folder: folder?.path)
        program.includesErrors = includesErrors
        return try await start(program)
    }

    private static func start(_ program: Program) async throws -> TestProcess {
        let run = ProcessRun(), output = Output()
        let (starts, started) = AsyncStream.makeStream(of: Int32.self)
        let (lines, written) = AsyncStream.makeStream(of: String.self)
        let exit = Task {
            var pieces = OutputLines()
            let end = await run.run(program) {
                started.yield($0)
            } read: { bytes in
                output.bytes.withLock { $0 += bytes }
                for line in pieces.append(bytes) { written.yield(line) }
            }
            if let line = pieces.finish() { written.yield(line) }
            written.finish()
            started.finish()
            return end
        }
        guard let processID = await starts.first(where: { _ in true }) else {
            throw Failure(executable: program.executable, reason: "\(await exit.value)")
        }
        return TestProcess(processID, run, output, lines, Task { await exit.value.status })
    }

    private init(_ processID: Int32, _ run: ProcessRun, _ output: Output, _ lines: AsyncStream<String>, _ exit: Task<Int32, Never>) {
        (self.processID, self.run, self.output, self.lines, self.exit) = (processID, run, output, lines, exit)
    }

    deinit { send(SIGKILL) }

    /// The folder of the tests and of the programs that were built with them.
    private static var built: URL { URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent() }

    /// Sends the program a signal, unless it has ended.
    public func send(_ signal: Int32) { run.send(signal) }

    /// Stops the program until it gets SIGCONT. Returns when all of its threads stand still, unless it has ended.
    public func pause() async throws {
        send(SIGSTOP)
        let folder = "/proc/\(processID)/task"
        func stands(_ thread: String) -> Bool {
            // The state follows the name, which is in parentheses and may contain some.
            guard let text = try? String(contentsOfFile: "\(folder)/\(thread)/stat", encoding: .utf8) else { return true }
            return text.split(separator: ")").last.map { "TtZX".contains($0.dropFirst().first ?? "?") } ?? true
        }
        while let threads = try? FileManager.default.contentsOfDirectory(atPath: folder), !threads.allSatisfy(stands) {
            try await Task.sleep(for: .milliseconds(1))
        }
    }

    /// Returns the next line of the output, or `nil` after the last one.
    public func line() async -> String? {
        for await line in lines { return line }
        return nil
    }

    /// Waits for a line, and skips those before it: a worker that the machine keeps waiting for longer than its lease takes its own work
    /// over, and reports it twice.
    /// - Returns: Whether the line came before the end of the output.
    public func prints(_ expected: String) async -> Bool {
        for await line in lines where line == expected { return true }
        return false
    }

    /// The output so far.
    public var text: String { output.bytes.withLock { String(decoding: $0, as: UTF8.self) } }

    /// Waits until the program has ended. It is killed if the task is cancelled.
    /// - Returns: The exit code, or the number of the signal that killed it.
    public func end() async -> Int32 {
        await withTaskCancellationHandler {
            await exit.value
        } onCancel: {
            send(SIGKILL)
        }
    }
}

extension ProcessEnd {
    /// The exit code, or the number of the signal that killed the process.
    var status: Int32 {
        switch self {
        case .exited(let code): code
        case .killed(let signal): signal
        case .failed: -1
        }
    }
}
