import Roost
import RoostData
import RoostWork

/// One attempt at handling an event for a subscription, as it comes from the bus or after it was parked.
struct EventAttempt: Sendable {
    let event: ParkedEvent
    let subscription: Subscription
    let parked: ParkedEvents
    /// The job, if the event was parked.
    var job: ClaimedJob<ParkedEvent>?

    /// The present name of the subscription and the former ones.
    private var names: [String] { [subscription.name] + subscription.formerNames }

    /// Whether the event was handled before.
    var isKnown: Bool { get async throws { try await Inbox.contains(event, under: names, in: parked.database) } }

    /// Handles the event in a transaction that also records it, so that its effect happens exactly once. If it was handled before, nothing
    /// happens; if earlier events of its key are parked, it joins them.
    func inTransaction(_ body: @Sendable (Transaction) async throws -> Void) async throws {
        try await parked.database.transaction { transaction in
            if try await begin(in: transaction) { try await body(transaction) }
            try await job?.finish(in: transaction)
        }
    }

    /// Records the event.
    /// - Returns: Whether it is to be handled.
    private func begin(in transaction: Transaction) async throws -> Bool {
        let isNew =
            if try await Inbox.contains(event, under: subscription.formerNames, in: transaction) {
                false
            } else if job != nil {
                try await Inbox.record(event, in: transaction)
            } else {
                try await Inbox.recordUnlessBehind(event, in: transaction)
            }
        if isNew { return true }
        // An event that comes from the bus may also be behind others of its key.
        guard try await Inbox.contains(event, under: names, in: transaction) else {
            try await parked.add(event, after: earlier, in: transaction)
            return false
        }
        noteDuplicate()
        return false
    }

    /// Records a delivery that has no effect because the event was handled before.
    func noteDuplicate() {
        RequestContext.currentLogger.info(
            "The event was handled before. This delivery has no effect.",
            metadata: ["event": "\(event.event.id)", "subscription": "\(subscription.name)"])
        CountMetric("roost.events.duplicates", [("messaging.destination.subscription.name", subscription.name)]).increment()
    }

    /// Handles the event outside a transaction, and records it afterwards.
    func outsideTransaction(_ body: @Sendable () async throws -> Void) async throws {
        if try await isKnown {
            noteDuplicate()
            try await job?.finish()
            return
        }
        if job == nil, try await joins() { return }
        try await body()
        try await parked.database.transaction { transaction in
            _ = try await Inbox.record(event, in: transaction)
            try await job?.finish(in: transaction)
        }
    }

    /// Joins the parked events of the key, if there are any.
    private func joins() async throws -> Bool {
        let line: SQL = ParkedEvents.line(of: event) + " LIMIT 1"
        guard try await parked.database.first(line) != nil else { return false }
        return try await parked.database.transaction { transaction in
            guard try await transaction.first(line) != nil else { return false }
            try await parked.add(event, after: earlier, in: transaction)
            return true
        }
    }

    // MARK: Failures

    /// The record of an event that was not tried before, with the policy of the subscription.
    private var earlier: EarlierAttempts {
        var earlier = EarlierAttempts()
        earlier.holdsKey = subscription.deadEventPolicy == .hold
        return earlier
    }

    /// Parks the event.
    /// - Parameters:
    ///   - crashes: The number of attempts during which a process may have died.
    func park(crashes: Int) async throws {
        var earlier = earlier
        earlier.crashes = crashes
        try await parked.add(event, after: earlier)
    }

    /// Parks the event after an attempt that failed, for a pause.
    func park(after attempts: Int, _ pause: Duration, because reason: String) async throws {
        var earlier = earlier
        (earlier.attempts, earlier.pause, earlier.reason) = (attempts, pause, reason)
        try await parked.add(event, after: earlier)
    }

    /// Makes the event a dead letter.
    func end(after attempts: Int, because reason: String) async throws {
        var earlier = earlier
        (earlier.attempts, earlier.isOver, earlier.reason) = (attempts, true, reason)
        try await parked.add(event, after: earlier)
    }
}
