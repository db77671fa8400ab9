/// A process that a supervisor keeps running.
public struct ProcessPlan: Sendable {
    /// How a process tells that it is ready.
    public enum Readiness: Sendable {
        /// It is ready as soon as it runs.
        case atStart
        /// It writes a line to its standard output. The line is generated at each start, and an environment variable tells it to the
        /// process, so that nobody else can write it.
        /// - Parameter variable: The name of the variable.
        case line(variable: String)
    }

    /// The name of the process in events, which no other process of the supervisor has.
    public var name: String
    /// The path of the executable.
    public var executable: String
    /// The arguments, without the name of the program.
    public var arguments: [String]
    /// The complete environment of the process.
    public var environment: [String: String]
    /// How the process tells that it is ready.
    public var readiness: Readiness
    /// Whether the other processes are of no use without it: if it fails permanently, the supervisor stops.
    public var isEssential: Bool
    /// Whether the supervisor waits until it is ready, and stops if it fails permanently before all are. The others do well enough without a
    /// process that is not required.
    public var isRequired: Bool

    /// Creates a plan.
    /// - Parameters:
    ///   - name: The name of the process in events.
    ///   - executable: The path of the executable.
    ///   - arguments: Its arguments.
    ///   - environment: Its complete environment.
    ///   - readiness: How it tells that it is ready.
    ///   - isEssential: Whether the other processes are of no use without it.
    ///   - isRequired: Whether the supervisor waits until it is ready.
    public init(
        _ name: String, executable: String, arguments: [String] = [], environment: [String: String] = [:],
        readiness: Readiness = .atStart, isEssential: Bool = false, isRequired: Bool = true
    ) {
        self.name = name
        self.executable = executable
        self.arguments = arguments
        self.environment = environment
        self.readiness = readiness
        self.isEssential = isEssential
        self.isRequired = isRequired
    }
}
