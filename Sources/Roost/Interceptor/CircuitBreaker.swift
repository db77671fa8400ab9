/// Sheds calls to a service that mostly fails, before they are made. The more of the recent calls were not accepted, the more of the next
/// ones are refused at random, so that a few always find out whether the service has recovered (Beyer et al., "Site Reliability
/// Engineering", ch. 21, "Client-Side Throttling"). Time and chance are passed in.
struct CircuitBreaker {
    /// How many calls are sent for each call that is accepted.
    static let generosity = 2.0
    /// The time over which calls are counted, in parts.
    static let window = Duration.seconds(10)
    static let parts = 10
    /// The number of failures in a window that are always tolerated.
    static let forgiven = 5.0

    private struct Part {
        var number = 0
        var calls = 0.0
        var accepted = 0.0
    }

    private let start: ContinuousClock.Instant
    private var counts = [Part](repeating: Part(), count: CircuitBreaker.parts)

    init(start: ContinuousClock.Instant) { self.start = start }

    /// Returns whether a call may be made.
    /// - Parameters:
    ///   - now: The current time.
    ///   - chance: A random number from 0 to less than 1.
    func allows(at now: ContinuousClock.Instant, chance: @autoclosure () -> Double = .random(in: 0..<1)) -> Bool {
        let current = number(at: now)
        var calls = 0.0, accepted = 0.0
        for part in counts where part.number > current - Self.parts {
            calls += part.calls
            accepted += part.accepted
        }
        let surplus = calls - Self.forgiven - Self.generosity * accepted
        // A random number costs a system call, and is rarely needed.
        return surplus <= 0 || chance() >= surplus / (calls + 1)
    }

    /// Records whether a call was accepted. A call that was refused here counts as not accepted.
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
