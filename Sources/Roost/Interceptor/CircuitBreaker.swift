/// Sheds calls to a service that mostly fails, before they are made: of those in the last while, the more were not accepted, the more
/// of the next are refused at once, by chance, so that a few always find out whether it has come back (Beyer et al., "Site Reliability
/// Engineering", ch. 21, "Client-Side Throttling"). Pure: time and chance are passed in.
struct CircuitBreaker {
    /// How many times as many calls as are accepted a service is sent.
    static let generosity = 2.0
    /// The while that is looked at, in so many parts.
    static let window = Duration.seconds(10)
    static let parts = 10
    /// Failures that are always forgiven in a window.
    static let forgiven = 5.0

    private struct Part {
        var number = 0
        var calls = 0.0
        var accepted = 0.0
    }

    private let start: ContinuousClock.Instant
    private var counts = [Part](repeating: Part(), count: CircuitBreaker.parts)

    init(start: ContinuousClock.Instant) { self.start = start }

    /// - Parameter chance: from 0 up to 1.
    func allows(at now: ContinuousClock.Instant, chance: @autoclosure () -> Double = .random(in: 0..<1)) -> Bool {
        let current = number(at: now)
        var calls = 0.0, accepted = 0.0
        for part in counts where part.number > current - Self.parts {
            calls += part.calls
            accepted += part.accepted
        }
        let surplus = calls - Self.forgiven - Self.generosity * accepted
        // Chance costs a call into the system, and mostly nothing hangs on it.
        return surplus <= 0 || chance() >= surplus / (calls + 1)
    }

    /// Notes how a call went, or that it was refused here.
    mutating func note(accepted: Bool, at now: ContinuousClock.Instant) {
        let current = number(at: now)
        let index = current % Self.parts
        if counts[index].number != current { counts[index] = Part(number: current) }
        counts[index].calls += 1
        if accepted { counts[index].accepted += 1 }
    }

    private func number(at now: ContinuousClock.Instant) -> Int {
        Int(start.duration(to: now) / (Self.window / Self.parts)) + 1
    }
}
