import Roost

/// What the store keeps of a subject's attempts: those that failed, and those whose outcome is not known yet. Pure.
@Schema
struct FailureLog: Equatable {
    /// When each began, in milliseconds since 1970, in order.
    var failures: [Int] = []
    var underWay: [Attempt] = []

    @Schema
    struct Attempt: Equatable {
        var id: Int
        /// In milliseconds since 1970.
        var begun: Int
    }

    /// What is to happen with an attempt that wants to begin.
    enum Verdict: Equatable {
        case begin
        /// So many are under way that, did they all fail, the limit would be reached.
        case wait
        /// The limit is reached; after so many milliseconds it is not.
        case refuse(milliseconds: Int)
    }

    /// Forgets what is older than the window. What was begun long ago and never ended, as its process died, has failed.
    mutating func settle(at now: Int, window: Int, lease: Int) {
        let lost = underWay.filter { $0.begun <= now - lease }.map(\.begun)
        underWay.removeAll { $0.begun <= now - lease }
        if !lost.isEmpty { failures = (failures + lost).sorted() }
        failures.removeAll { $0 <= now - window }
    }

    func verdict(at now: Int, window: Int, limit: Int) -> Verdict {
        if failures.count >= limit { return .refuse(milliseconds: failures[failures.count - limit] + window - now) }
        return failures.count + underWay.count >= limit ? .wait : .begin
    }

    /// An attempt has failed.
    mutating func fail(_ id: Int, begun: Int) {
        underWay.removeAll { $0.id == id }
        failures = (failures + [begun]).sorted()
    }
}
