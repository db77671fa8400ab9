import Roost
import RoostData
import RoostWork
public import ServiceLifecycle
import Synchronization

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Relays the events of a database's committed transactions to a bus, those of a key in the order of their commits.
///
/// An event is deleted from the database after the bus has accepted it. A relay that is killed in between sends it again, and the bus
/// ignores it because of its identifier (https://microservices.io/patterns/data/transactional-outbox.html). Any number of processes can
/// relay at once.
public struct Outbox: Service {
    private let database: Database
    private let bus: any EventBus
    private let source: String
    private let retry: RetryPolicy
    private let state = State()
    private let events: WorkQueue<OutgoingEvent>

    private final class State: Sendable {
        /// Whether the bus has taken only some of the last events.
        let isDivided = Atomic(false)
    }

    /// The name of the queue whose jobs are the events.
    static let queue = "outbox"
    /// The largest number of events that are relayed at once.
    private static let batch = 128

    /// Creates a relay.
    /// - Parameters:
    ///   - database: The service's own database, with `Outbox.migrations`.
    ///   - bus: The bus.
    ///   - source: The name of the service, which becomes the source of its events.
    ///   - retry: How often, and after which pauses, an event that the bus does not take is tried while the bus takes others.
    public init(_ database: Database, to bus: any EventBus, source: String, retry: RetryPolicy = RetryPolicy()) {
        self.database = database
        self.bus = bus
        self.source = source
        self.retry = retry
        // An event whose deletion is lost is sent again, and recognized by the bus or the inbox.
        // An event cannot be the reason for the death of the process that relays it.
        let options = WorkOptions(retry: retry, durability: .deferred, crashes: .max, noun: "event")
        events = WorkQueue(Self.queue, in: database, options: options)
    }

    /// Relays events until the service is asked to stop or the task is cancelled. Failures are logged and retried.
    ///
    /// If the bus does not take an event while it takes others, the event waits for another attempt, with the later ones of its key behind it.
    /// It becomes a dead letter if the refusal is permanent, or if the attempts are used up and the bus does not say that the failure will
    /// pass (`FailureKind`): see `deadLetters(limit:)`. While the bus takes nothing, attempts are not counted.
    public func run() async {
        await cancelWhenGracefulShutdown {
            await events.run(batch: Self.batch, wokenBy: database.commits()) { try await relay($0) }
        }
    }

    private func relay(_ events: [ClaimedJob<OutgoingEvent>]) async throws {
        // An event that the bus may not take would hold up all others for a time limit.
        if !state.isDivided.load(ordering: .relaxed), events.allSatisfy({ failures(of: $0) == 0 }) {
            do {
                try await bus.publish(events.map { $0.job.envelope(from: source) })
                return DurablePlace.eventsPublished.reach()
            } catch {
                try Task.checkCancellation()
            }
        }
        try await relayByKey(events)
    }

    /// The number of earlier attempts that count.
    private func failures(of event: ClaimedJob<OutgoingEvent>) -> Int { event.attempt - event.crashes - 1 }

    private typealias Failed = (event: ClaimedJob<OutgoingEvent>, error: any Error)

    /// What became of the events of a key.
    private struct Outcome {
        var taken: [ClaimedJob<OutgoingEvent>] = []
        /// The first one that the bus does not take now, and why.
        var failed: Failed?
        /// The events after it.
        var behind: ArraySlice<ClaimedJob<OutgoingEvent>> = []
    }

    /// Determines which of the events the bus refuses, or does not take now: it may lack a queue or a partition, and have others.
    /// - Throws: The error of the bus, if it takes none of them.
    private func relayByKey(_ events: [ClaimedJob<OutgoingEvent>]) async throws {
        var outcomes: [Outcome] = []
        try await withThrowingTaskGroup(of: Outcome.self) { group in
            // Delayed events have no key, and no order.
            for own in Dictionary(grouping: events, by: { $0.key ?? $0.id }).values { group.addTask { try await publishInOrder(own) } }
            for try await outcome in group {
                outcomes.append(outcome)
                for event in outcome.taken { try await settle { try await event.finish() } }
            }
        }
        try Task.checkCancellation()
        let failed = outcomes.compactMap(\.failed), hasTaken = outcomes.contains { !$0.taken.isEmpty }
        state.isDivided.store(hasTaken && !failed.isEmpty, ordering: .relaxed)
        if let error = failed.first?.error, !hasTaken {
            // Nothing is counted. But these may all belong to what the bus lacks, so others come first the next time.
            for (event, _) in failed { try await settle { try await event.giveWay() } }
            throw error
        }
        try await note(failed)
        for event in outcomes.flatMap(\.behind) { try await settle { try await event.release() } }
    }

    /// Publishes events of one key until the bus does not take one.
    private func publishInOrder(_ events: [ClaimedJob<OutgoingEvent>]) async throws -> Outcome {
        var outcome = Outcome()
        for (index, event) in events.enumerated() {
            guard !Task.isCancelled else { break }
            do {
                try await bus.publish([event.job.envelope(from: source)])
                outcome.taken.append(event)
            } catch {
                try Task.checkCancellation()
                if FailureKind(of: error) == .permanent, !(error is ConfigurationError) {
                    // Before the next one of its key is published.
                    try await settle { try await event.fail(error) }
                    continue
                }
                outcome.failed = (event, error)
                outcome.behind = events[(index + 1)...]
                break
            }
        }
        return outcome
    }

    /// Notes that the bus has not taken events, although it takes others.
    private func note(_ failed: [Failed]) async throws {
        var lasting: [any Error] = []
        for (event, error) in failed {
            // A bus that says that this will pass does not object to the event, however long it takes. Nor is a setting the fault of the event.
            let willPass = (error as? any ClassifiedError)?.failureKind == .transient
            if error is ConfigurationError || willPass && failures(of: event) + 1 >= retry.attempts {
                lasting.append(error)
                try await settle { try await event.release(for: retry.backoff.pause(after: retry.attempts)) }
            } else {
                try await settle { try await event.fail(error) }
            }
        }
        guard let error = lasting.first else { return }
        RequestContext.currentLogger.warning(
            "The bus still does not take the events of \(lasting.count) keys, and is asked until it does: \(FailureKind.reason(of: error))")
    }

    /// Settles an event, unless another relay has taken it.
    private func settle(_ note: () async throws -> Void) async throws {
        do { try await note() } catch  where error.isJobLost {}
    }

    /// Returns the events that the bus refused, the oldest first.
    /// - Parameter limit: The largest number to return.
    /// - Throws: A `DatabaseError`.
    public func deadLetters(limit: Int) async throws -> [DeadLetter] {
        try await events.dead(limit: limit).compactMap { dead in
            guard let event = try? dead.job.get() else { return nil }
            return DeadLetter(
                id: dead.id, envelope: event.envelope(from: source), subscription: nil, error: dead.reason, attempts: dead.attempts,
                time: dead.date, holdsKey: false)
        }
    }

    /// Relays a dead letter again, and removes it from the dead letters.
    /// - Parameter id: The identifier of the dead letter, which is that of its event.
    /// - Returns: Whether there was such a dead letter.
    /// - Throws: A `DatabaseError`.
    @discardableResult
    public func replay(_ id: String) async throws -> Bool { try await events.retry(id) }

    /// Deletes a dead letter, so that its event is never sent.
    /// - Parameter id: The identifier of the dead letter, which is that of its event.
    /// - Returns: Whether there was such a dead letter.
    /// - Throws: A `DatabaseError`.
    @discardableResult
    public func discard(_ id: String) async throws -> Bool { try await events.discard(id) }
}
