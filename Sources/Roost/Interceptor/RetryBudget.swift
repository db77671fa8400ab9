/// Keeps retries from overloading a service that is in trouble: each failure takes a token, each success gives back a part of one, and
/// there are no retries while less than half of the tokens are left (gRPC proposal A6, "Throttling Retry Attempts and Hedged RPCs").
struct RetryBudget {
    static let size = 10.0
    static let refund = 0.1

    private var tokens = RetryBudget.size

    var allowsRetry: Bool { tokens > Self.size / 2 }

    mutating func succeed() { tokens = min(Self.size, tokens + Self.refund) }
    mutating func fail() { tokens = max(0, tokens - 1) }
}
