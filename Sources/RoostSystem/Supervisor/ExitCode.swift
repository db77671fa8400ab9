import Roost
import RoostData
import RoostHTTP

/// How a process says why it ended (BSD's sysexits.h, where there is a number for it).
enum ExitCode {
    static let success: Int32 = 0
    static let failure: Int32 = 1
    /// EX_CONFIG: it was configured wrongly, and starting it again would not help.
    static let configuration: Int32 = 78

    /// The code of a start that failed: where it would fail in the same way for ever, nobody need try again.
    ///
    /// That is asked of what is configured alone. Another service's refusal, or a row that another replica was quicker to write, says
    /// nothing of the next start.
    static func of(_ error: any Error) -> Int32 {
        let isLasting =
            switch error {
            case is ConfigurationError: true
            case let error as TransportError: error.place != nil && error.failureKind == .permanent
            case let error as DatabaseError: [.migration, .file].contains(error.code)
            default: false
            }
        return isLasting ? configuration : failure
    }
}
