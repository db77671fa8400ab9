/// A program to run, with its arguments and environment.
package struct Program: Sendable {
    /// The standard input of a process.
    package enum Input: Sendable {
        /// Nothing, until the parent ends. The end of the input lets the process end too.
        case lifeline
        case nothing
        case bytes([UInt8])
    }

    /// The path of the executable.
    package var executable: String
    package var arguments: [String]
    /// The complete environment.
    package var environment: [String: String]
    /// The path of the working folder; `nil` for that of this process.
    package var folder: String?
    package var input = Input.lifeline
    /// Whether standard error is read together with standard output. Otherwise it is that of this process.
    package var includesErrors = true
    /// Whether signals are for the processes that it has started too, unless these have left its process group.
    package var signalsGroup = false

    package init(_ executable: String, _ arguments: [String], environment: [String: String], folder: String? = nil) {
        self.executable = executable
        self.arguments = arguments
        self.environment = environment
        self.folder = folder
    }
}
