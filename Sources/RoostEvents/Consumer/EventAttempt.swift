import Roost
import RoostData
import RoostWork

/// One attempt at handling an event for a subscription, as it comes from the bus or after it was parked.
struct EventAttempt: Sendable {
    let event: ParkedEvent
    let parked: ParkedEvents
    /// The job, if the event was parked.
    let job: ClaimedJob<ParkedEvent>?
    /// Whether the death of the event keeps later ones of its key waiting.
    let holdsKey: Bool

    /// Handles the event in a transaction that also records it, so that its effect happens exactly once. If it was handled before, nothing
    /// happens; if earlier events of its key are parked, it joins them.
    func inTransaction(_ body: @Sendable (Transaction) async throws -> Void) async throws {
        try await parked.database.transaction { transaction in
            if try await begin(in: transaction) { try await body(transaction) }
            try await job?.finish(in: transaction)
        }
    }

    /// Handles the event outside a transaction, and records it afterwards.
    func outsideTransaction(_ body: @Sendable () async throws -> Void) async throws {
        let database = parked.database
        var isNew = try await !Inbox.contains(event, in: database)
        if isNew, job == nil, try await database.first(ParkedEvents.line(of: event) + " LIMIT 1") != nil {
            isNew = try await database.transaction { try await !join(in: $0) }
        }
        if isNew { try await body() }
        guard isNew || job != nil else { return }
        try await database.transaction { transaction in
            _ = try await Inbox.record(event, in: transaction)
            try await job?.finish(in: transaction)
        }
    }

    /// Records the event.
    /// - Returns: Whether it is to be handled.
    private func begin(in transaction: Transaction) async throws -> Bool {
        guard job == nil else { return try await Inbox.record(event, in: transaction) }
        if try await Inbox.recordUnlessBehind(event, in: transaction) { return true }
        if try await !Inbox.contains(event, in: transaction) { try await join(in: transaction) }
        return false
    }

    /// Joins the parked events of the key.
    /// - Returns: Whether there still are any.
    @discardableResult
    private func join(in transaction: Transaction) async throws -> Bool {
        guard try await transaction.first(ParkedEvents.line(of: event) + " LIMIT 1") != nil else { return false }
        var earlier = EarlierAttempts()
        earlier.holdsKey = holdsKey
        try await parked.add(event, after: earlier, in: transaction)
        return true
    }
}
