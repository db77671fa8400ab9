/// How a process says why it ended (BSD's sysexits.h, where there is a number for it).
enum ExitCode {
    static let success: Int32 = 0
    static let failure: Int32 = 1
    /// EX_CONFIG: it was configured wrongly, and starting it again would not help.
    static let configuration: Int32 = 78
}
