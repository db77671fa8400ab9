/// How a process ended.
public enum ProcessEnd: Sendable, Equatable, CustomStringConvertible {
    /// It exited by itself.
    case exited(code: Int32)
    /// A signal ended it.
    case killed(signal: Int32)
    /// It could not be started, or its output could not be read.
    case failed(reason: String)

    /// What happened, for a log.
    public var description: String {
        switch self {
        case .exited(let code): "exited with code \(code)"
        case .killed(let signal): "was killed by signal \(signal)"
        case .failed(let reason): "failed to run: \(reason)"
        }
    }
}
