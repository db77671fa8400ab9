import Foundation
import Synchronization

/// A process of the system: started, watched and ended. Its output comes line by line.
///
/// It ends by itself when its standard input ends, so that nothing is left behind when whoever started it is killed. It is in a process
/// group of its own, so that Ctrl-C in a terminal reaches only whoever started it.
final class ChildProcess: Sendable {
    private let life: Life
    /// This side of its standard input.
    private let lifeline: Int32

    var identifier: Int32 { life.identifier }

    /// Why a process ended.
    enum End: Sendable, Equatable, CustomStringConvertible {
        case exited(Int32)
        case killed(signal: Int32)

        /// - Parameter status: as waitpid(2) tells it.
        init(status: Int32) { self = status & 0x7F == 0 ? .exited(status >> 8 & 0xFF) : .killed(signal: status & 0x7F) }

        var description: String {
            switch self {
            case .exited(let code): "exited with code \(code)"
            case .killed(let signal): "was killed by signal \(signal)"
            }
        }
    }

    /// - Parameters:
    ///   - line: called for each line that it writes, on a thread of its own.
    ///   - ended: called once, after its last line.
    /// - Throws: a `POSIXError` where it cannot be started.
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

    /// Reads and waits on threads of their own, which hold nothing of the object: that goes when nobody wants the process any more.
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
            // What it started may outlive it and hold its output open.
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

    /// Asks it to finish what is under way and end.
    func terminate() { life.send(SIGTERM) }

    /// Ends it at once.
    func end() { life.send(SIGKILL) }

    /// A process's number, for as long as it is that process's.
    private final class Life: Sendable {
        let identifier: Int32
        private let isOver = Mutex(false)

        init(_ identifier: Int32) { self.identifier = identifier }

        func send(_ signal: Int32) {
            isOver.withLock { if !$0 { _ = kill(identifier, signal) } }
        }

        /// Waits for its end, on this thread.
        func wait() -> End {
            var information = siginfo_t(), status: Int32 = 0
            // It stays a zombie, and the number its own, until nobody can send it a signal any more.
            while waitid(P_PID, id_t(identifier), &information, WEXITED | WNOWAIT) != 0, errno == EINTR {}
            isOver.withLock {
                while waitpid(identifier, &status, 0) < 0, errno == EINTR {}
                $0 = true
            }
            return End(status: status)
        }
    }
}
