import Roost

/// The stored record of a subject's attempts: those that failed, and those whose outcome is not known yet. It does no I/O.
@Schema
struct FailureLog: Equatable {
    /// When each failed attempt began, in milliseconds since 1970, in ascending order.
    var failures: [Int] = []
    var underWay: [Attempt] = []

    @Schema
    struct Attempt: Equatable {
        var id: Int
        /// In milliseconds since 1970.
        var begun: Int
    }

    /// What a new attempt should do.
    enum Verdict: Equatable {
        case begin
        /// Wait, because the limit would be reached if all attempts in progress failed.
        case wait
        /// Fail, because the limit is reached. An attempt is possible after this many milliseconds.
        case refuse(milliseconds: Int)
    }

    /// Forgets what is older than the window. Attempts that did not end within their lease, because their process died, count as failed.
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

    /// Records that an attempt failed.
    mutating func fail(_ id: Int, begun: Int) {
        underWay.removeAll { $0.id == id }
        failures = (failures + [begun]).sorted()
    }
}
