import Foundation
import Synchronization

/// A process of the system, which is started, watched and ended. Its output is read line by line.
///
/// The process ends when its standard input ends, so that none is left behind if its parent is killed. It is in a process group of its own,
/// so that Ctrl-C in a terminal reaches only the parent.
final class ChildProcess: Sendable {
    private let life: Life
    /// The parent's end of standard input.
    private let lifeline: Int32

    var identifier: Int32 { life.identifier }

    /// Why a process ended.
    enum End: Sendable, Equatable, CustomStringConvertible {
        case exited(Int32)
        case killed(signal: Int32)

        /// Reads the reason from a status.
        /// - Parameter status: The status from waitpid(2).
        init(status: Int32) { self = status & 0x7F == 0 ? .exited(status >> 8 & 0xFF) : .killed(signal: status & 0x7F) }

        var description: String {
            switch self {
            case .exited(let code): "exited with code \(code)"
            case .killed(let signal): "was killed by signal \(signal)"
            }
        }
    }

    /// Starts a process.
    /// - Parameters:
    ///   - line: Receives each line that the process writes, on a thread of its own.
    ///   - ended: Called once, after the last line.
    /// - Throws: A `POSIXError` if the process cannot be started.
    init(
        executable: URL, arguments: [String], environment: [String: String], line: @escaping @Sendable (String) -> Void,
        ended: @escaping @Sendable (End) -> Void
    ) throws {
        let input = try SocketPair(), output: SocketPair
        defer { close(input.theirs) }
        do { output = try SocketPair() } catch {
            close(input.ours)
            throw error
        }
        defer { close(output.theirs) }
        do {
            life = Life(try Spawn.start(executable.path, arguments, environment, input: input.theirs, output: output.theirs))
        } catch {
            close(input.ours)
            close(output.ours)
            throw error
        }
        lifeline = input.ours
        Self.watch(life, output.ours, line, ended)
    }

    deinit { close(lifeline) }

    /// Reads and waits on threads that do not retain this object, so that it is released when it is no longer needed.
    private static func watch(
        _ life: Life, _ output: Int32, _ line: @escaping @Sendable (String) -> Void, _ ended: @escaping @Sendable (End) -> Void
    ) {
        let reading = DispatchGroup()
        reading.enter()
        DispatchQueue(label: "roost.output").async {
            read(output, by: line)
            close(output)
            reading.leave()
        }
        DispatchQueue(label: "roost.child").async {
            let end = life.wait()
            // A process that it started may outlive it and keep its output open.
            _ = reading.wait(timeout: .now() + .seconds(1))
            ended(end)
        }
    }

    /// Reads to the end.
    private static func read(_ descriptor: Int32, by line: (String) -> Void) {
        var lines = OutputLines()
        var buffer = [UInt8](repeating: 0, count: 16384)
        while true {
            let count = Glibc.read(descriptor, &buffer, buffer.count)
            if count > 0 { lines.append(buffer[..<count]).forEach(line) } else if count == 0 || errno != EINTR { break }
        }
        lines.finish().map(line)
    }

    /// Asks the process to finish its work and end.
    func terminate() { life.send(SIGTERM) }

    /// Kills the process.
    func end() { life.send(SIGKILL) }

    /// The identifier of a process, as long as it belongs to the process.
    private final class Life: Sendable {
        let identifier: Int32
        private let isOver = Mutex(false)

        init(_ identifier: Int32) { self.identifier = identifier }

        func send(_ signal: Int32) {
            isOver.withLock { if !$0 { _ = kill(identifier, signal) } }
        }

        /// Waits for the end of the process, on this thread.
        func wait() -> End {
            var information = siginfo_t(), status: Int32 = 0
            // The process stays a zombie, and keeps its identifier, until nobody can send it a signal any more.
            while waitid(P_PID, id_t(identifier), &information, WEXITED | WNOWAIT) != 0, errno == EINTR {}
            isOver.withLock {
                while waitpid(identifier, &status, 0) < 0, errno == EINTR {}
                $0 = true
            }
            return End(status: status)
        }
    }
}
