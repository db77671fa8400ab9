import Roost

/// How a process says why it ended (BSD's sysexits.h, where there is a number for it).
enum ExitCode {
    static let success: Int32 = 0
    static let failure: Int32 = 1
    /// EX_CONFIG: it was configured wrongly, and starting it again would not help.
    static let configuration: Int32 = 78

    /// The code of a start that failed: where it would fail in the same way for ever, nobody need try again.
    static func of(_ error: any Error) -> Int32 { FailureKind(of: error) == .permanent ? configuration : failure }
}
