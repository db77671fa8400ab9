import Roost
import RoostData
import RoostHTTP

/// The exit codes that tell why a process ended (BSD's sysexits.h).
enum ExitCode {
    static let success: Int32 = 0
    static let failure: Int32 = 1
    /// EX_CONFIG: the process is configured incorrectly, and restarting it would not help.
    static let configuration: Int32 = 78

    /// Returns the exit code of a failed start, which shows whether a restart would fail in the same way forever.
    ///
    /// Only errors of the configuration do. Another service's refusal, or a row that another replica wrote first, does not affect the next
    /// start.
    static func of(_ error: any Error) -> Int32 {
        let isLasting =
            switch error {
            case let error as ConfigurationError: error.failureKind == .permanent
            case let error as TransportError: error.place != nil && error.failureKind == .permanent
            case let error as DatabaseError: [.migration, .file].contains(error.code)
            default: false
            }
        return isLasting ? configuration : failure
    }
}
