/// An event in the life of a supervisor and its processes.
public enum SupervisorEvent: Sendable, Equatable {
    /// What follows the end of a process.
    public enum Sequel: Sendable, Equatable {
        /// It is restarted after a pause.
        /// - Parameter failures: How often in a row it has ended soon.
        case restart(pause: Duration, failures: Int)
        /// It failed permanently, and is not restarted.
        /// - Parameter isTheEnd: Whether the supervisor stops because of it.
        case none(isTheEnd: Bool)
        /// Nothing, because all processes are stopped.
        case stop
    }

    /// A process was started.
    case started(name: String, processID: Int32)
    /// A process is ready.
    case ready(name: String)
    /// A process wrote a line, to its standard output or standard error.
    case line(name: String, text: String)
    /// A process ended. Its lines come before this.
    case exited(name: String, ProcessEnd, then: Sequel)
    /// All processes are ready, for the first time.
    case allReady
    /// Some processes were not ready in time. The supervisor stops.
    case notReady(names: [String], within: Duration)
    /// The supervisor stops all processes.
    /// - Parameters:
    ///   - isRequested: Whether it was asked to.
    ///   - wereReady: Whether all processes have been ready before.
    case stopping(isRequested: Bool, wereReady: Bool)
    /// A process did not stop in time, and is killed.
    case overdue(name: String, grace: Duration)
    /// All processes have ended.
    case stopped
}
