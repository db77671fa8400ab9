/// `grpc-timeout`: up to eight digits and a unit (gRPC over HTTP2, "Timeout").
enum CallTimeout {
    static func format(_ duration: Duration) -> String {
        let (seconds, attoseconds) = duration.components
        let nanoseconds = attoseconds / 1_000_000_000
        if seconds < 10 { return String(max(1, seconds * 1_000_000 + nanoseconds / 1000)) + "u" }
        if seconds < 10_000 { return String(seconds * 1000 + nanoseconds / 1_000_000) + "m" }
        return String(min(seconds, 99_999_999)) + "S"
    }
}
