import Foundation

/// A process of the system: started, watched and ended. Its output comes line by line.
///
/// It ends by itself when its standard input ends, so that nothing is left behind when whoever started it is killed.
final class ChildProcess: Sendable {
    let identifier: Int32
    private let lifeline: FileHandle

    /// Why a process ended.
    enum End: Sendable, Equatable, CustomStringConvertible {
        case exited(Int32)
        case killed(signal: Int32)

        var description: String {
            switch self {
            case .exited(let code): "exited with code \(code)"
            case .killed(let signal): "was killed by signal \(signal)"
            }
        }
    }

    /// - Parameters:
    ///   - line: called for each line that it writes, on a thread of its own.
    ///   - ended: called once.
    init(
        executable: URL, arguments: [String], environment: [String: String], line: @escaping @Sendable (String) -> Void,
        ended: @escaping @Sendable (End) -> Void
    ) throws {
        let process = Process()
        let input = Pipe(), output = Pipe()
        process.executableURL = executable
        process.arguments = arguments
        process.environment = environment
        process.standardInput = input
        process.standardOutput = output
        process.standardError = output
        process.terminationHandler = { process in
            ended(process.terminationReason == .exit ? .exited(process.terminationStatus) : .killed(signal: process.terminationStatus))
        }
        try process.run()
        identifier = process.processIdentifier
        lifeline = input.fileHandleForWriting
        Self.read(output.fileHandleForReading, by: line)
    }

    deinit { try? lifeline.close() }

    /// Reads to the end on a thread of its own: Foundation's readability handlers crash where a pipe ends while they are changed.
    private static func read(_ handle: FileHandle, by line: @escaping @Sendable (String) -> Void) {
        DispatchQueue(label: "roost.output").async {
            var lines = OutputLines()
            var buffer = [UInt8](repeating: 0, count: 16384)
            while true {
                let count = Glibc.read(handle.fileDescriptor, &buffer, buffer.count)
                if count > 0 { lines.append(buffer[..<count]).forEach(line) } else if count == 0 || errno != EINTR { break }
            }
            lines.finish().map(line)
        }
    }

    /// Asks it to finish what is under way and end.
    func terminate() { kill(identifier, SIGTERM) }

    /// Ends it at once.
    func end() { kill(identifier, SIGKILL) }
}
