/// Keeps retries from becoming a flood when a service is in trouble: each failure takes a token, each success gives a part of one back,
/// and below half of the tokens nothing is repeated (gRPC proposal A6, "Throttling Retry Attempts and Hedged RPCs"). Pure.
struct RetryBudget {
    static let size = 10.0
    static let refund = 0.1

    private var tokens = RetryBudget.size

    var allowsRetry: Bool { tokens > Self.size / 2 }

    mutating func succeed() { tokens = min(Self.size, tokens + Self.refund) }
    mutating func fail() { tokens = max(0, tokens - 1) }
}
