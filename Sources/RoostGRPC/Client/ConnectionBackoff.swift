/// How long to wait before a target that could not be reached is tried again (gRPC, "Connection Backoff Protocol"): 1 s at first, 1.6
/// times as long each time, at most 5 s, each a fifth shorter or longer at random. Pure: time and chance are passed in.
///
/// gRPC's own bound is 120 s. But all callers share the pause, each call may make it longer, and a service of the same system that
/// is back is to be found soon; one attempt in 5 s costs nobody anything.
struct ConnectionBackoff {
    private var failures = 0
    private(set) var retryAt: ContinuousClock.Instant?

    mutating func fail(at now: ContinuousClock.Instant, jitter: Double = .random(in: -0.2...0.2)) {
        var pause = 1.0
        for _ in 0..<min(failures, 20) { pause = min(pause * 1.6, 5) }
        failures += 1
        retryAt = now + .seconds(pause * (1 + jitter))
    }

    mutating func succeed() {
        failures = 0
        retryAt = nil
    }
}
