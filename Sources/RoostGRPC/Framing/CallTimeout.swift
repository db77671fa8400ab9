/// The format of `grpc-timeout`: up to eight digits and a unit (gRPC over HTTP2, "Timeout").
enum CallTimeout {
    static func format(_ duration: Duration) -> String {
        let (seconds, attoseconds) = duration.components
        let nanoseconds = attoseconds / 1_000_000_000
        if seconds < 10 { return String(max(1, seconds * 1_000_000 + nanoseconds / 1000)) + "u" }
        if seconds < 10_000 { return String(seconds * 1000 + nanoseconds / 1_000_000) + "m" }
        return String(min(seconds, 99_999_999)) + "S"
    }

    /// Returns the time, at most an hour; `nil` if the text is invalid.
    static func parse(_ text: String) -> Duration? {
        guard text.utf8.count <= 9, let count = Int(text.dropLast()), count > 0 else { return nil }
        let timeout: Duration
        switch text.last {
        case "H": timeout = .seconds(count * 3600)
        case "M": timeout = .seconds(count * 60)
        case "S": timeout = .seconds(count)
        case "m": timeout = .milliseconds(count)
        case "u": timeout = .microseconds(count)
        case "n": timeout = .nanoseconds(count)
        default: return nil
        }
        return min(timeout, .seconds(3600))
    }
}
