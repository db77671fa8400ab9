import Subprocess
import Synchronization

/// One run of a process, from its start to its end.
///
/// The process is in a process group of its own, so that Ctrl-C in a terminal reaches only the parent. It inherits no open file except its
/// standard input, output and error.
package final class ProcessRun: Sendable {
    private enum State {
        /// The signal, if there is one, is sent when the process has started.
        case starting(Int32?)
        case running(@Sendable (Int32) -> Void)
        case ended
    }

    /// A hundred years, which means no limit.
    private static let unlimited = Duration.seconds(3_153_600_000)

    private let state = Mutex(State.starting(nil))

    package init() {}

    /// Starts the process, and returns when it has ended and its output has been read.
    ///
    /// The output of its own child processes after its end is not read. If the task is cancelled, the process is killed.
    /// - Parameters:
    ///   - started: Receives the process identifier.
    ///   - read: Receives the output piece by piece. The process cannot write more while it has not returned.
    package func run(
        _ program: Program, started: (Int32) -> Void = { _ in }, read: (UnsafeRawBufferPointer) -> Void
    ) async -> ProcessEnd {
        defer { state.withLock { $0 = .ended } }
        do {
            return switch program.input {
            case .lifeline: try await run(program, .inputWriter, started, read)
            case .nothing: try await run(program, .none, started, read)
            case .bytes(let bytes): try await run(program, .array(bytes), started, read)
            }
        } catch {
            return .failed(reason: "\(error)")
        }
    }

    /// Sends the process a signal, unless it has ended. Another process may have its identifier then.
    package func send(_ signal: Int32) {
        state.withLock { state in
            switch state {
            case .starting: state = .starting(signal)
            case .running(let send): send(signal)
            case .ended: break
            }
        }
    }

    private func run(
        _ program: Program, _ input: some InputProtocol, _ started: (Int32) -> Void, _ read: (UnsafeRawBufferPointer) -> Void
    ) async throws -> ProcessEnd {
        program.includesErrors
            ? try await run(program, input, .combinedWithOutput, started, read)
            : try await run(program, input, .currentStandardError, started, read)
    }

    private func run(
        _ program: Program, _ input: some InputProtocol, _ errors: some ErrorOutputProtocol, _ started: (Int32) -> Void,
        _ read: (UnsafeRawBufferPointer) -> Void
    ) async throws -> ProcessEnd {
        let result = try await Subprocess.run(program.configuration, input: input, output: .sequence, error: errors) { execution in
            // The execution must not be used any more once this closure has returned.
            begin { try? execution.send(signal: Signal(rawValue: $0), toProcessGroup: program.signalsGroup) }
            defer { state.withLock { $0 = .ended } }
            started(execution.processIdentifier.value)
            for try await piece in execution.standardOutput { piece.withUnsafeBytes(read) }
            // A process can close its output and continue. This sends no signal (signal 0 only checks), and returns when the process has ended.
            await execution.teardown(using: [.send(signal: Signal(rawValue: 0), allowedDurationToNextStep: Self.unlimited)])
        }
        return switch result.terminationStatus {
        case .exited(let code): .exited(code: code)
        case .signaled(let signal): .killed(signal: signal)
        }
    }

    private func begin(_ send: @escaping @Sendable (Int32) -> Void) {
        state.withLock { state in
            if case .starting(let signal?) = state { send(signal) }
            state = .running(send)
        }
    }
}

extension Program {
    fileprivate var configuration: Configuration {
        var options = PlatformOptions()
        options.processGroupID = 0
        // The library refuses to start a process with names that POSIX does not allow (XBD 8.1), which an environment can contain.
        let variables = environment.compactMap { key, value in
            key.first.map { !("0"..."9").contains($0) } == true ? Environment.Key(rawValue: key).map { ($0, value) } : nil
        }
        return Configuration(
            executable: .path(.init(executable)), arguments: Arguments(arguments),
            environment: .custom(Dictionary(variables) { first, _ in first }), workingDirectory: folder.map { .init($0) },
            platformOptions: options)
    }
}
