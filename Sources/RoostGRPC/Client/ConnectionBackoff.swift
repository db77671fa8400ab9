/// How long to wait before a target that could not be reached is tried again (gRPC, "Connection Backoff Protocol"): 1 s at first, 1.6
/// times as long each time, at most 120 s, each a fifth shorter or longer at random. Pure: time and chance are passed in.
struct ConnectionBackoff {
    private var failures = 0
    private(set) var retryAt: ContinuousClock.Instant?

    mutating func fail(at now: ContinuousClock.Instant, jitter: Double = .random(in: -0.2...0.2)) {
        var pause = 1.0
        for _ in 0..<min(failures, 20) { pause = min(pause * 1.6, 120) }
        failures += 1
        retryAt = now + .seconds(pause * (1 + jitter))
    }

    mutating func succeed() {
        failures = 0
        retryAt = nil
    }
}
