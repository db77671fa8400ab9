import Roost
import RoostData
import RoostWork
public import ServiceLifecycle

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Relays the events of a database's committed transactions to a bus: those of one key in the order of their commits.
///
/// An event is deleted from the database only after the bus has it. A relay killed between the two sends it again, and the bus, which
/// knows its id, passes it over (https://microservices.io/patterns/data/transactional-outbox.html). Any number of processes may relay at
/// once.
public struct Outbox: Service {
    private let database: Database
    private let bus: any EventBus
    private let source: String
    private let events: WorkQueue<OutgoingEvent>

    /// The name of the queue that the events are jobs of.
    static let queue = "outbox"
    /// The most events that are relayed at once.
    private static let batch = 128

    /// - Parameters:
    ///   - source: The service's name, which its events bear as their source.
    ///   - retry: How often an event is tried that the bus does not take while it takes others.
    public init(_ database: Database, to bus: any EventBus, source: String, retry: RetryPolicy = RetryPolicy()) {
        self.database = database
        self.bus = bus
        self.source = source
        events = WorkQueue(Self.queue, in: database, options: WorkOptions(retry: retry, noun: "event"))
    }

    /// Relays until the service is asked to stop, or the task is cancelled. What fails is logged and tried again.
    ///
    /// An event that the bus does not take while it takes others waits for another attempt, with the later ones of its key behind it,
    /// and becomes a dead letter in the end, or at once where the refusal is permanent: see `deadLetters(limit:)`. While the bus takes
    /// nothing, no attempt is counted.
    public func run() async {
        await cancelWhenGracefulShutdown {
            await events.run(batch: Self.batch, wokenBy: database.commits()) { try await relay($0) }
        }
    }

    private func relay(_ events: [ClaimedJob<OutgoingEvent>]) async throws {
        do {
            try await bus.append(events.map { $0.job.envelope(from: source) })
        } catch {
            try Task.checkCancellation()
            try await relaySingly(events)
        }
    }

    /// A bus that took none of the events for so long is down, and none of them is to blame.
    private static let limit = Duration.seconds(5)

    /// Finds out which of the events the bus does not take.
    /// - Throws: What the bus throws where it takes none, or is not set up.
    private func relaySingly(_ events: [ClaimedJob<OutgoingEvent>]) async throws {
        var failed: [(event: ClaimedJob<OutgoingEvent>, error: any Error)] = [], behind: [ClaimedJob<OutgoingEvent>] = []
        var keys: Set<String> = [], taken = 0
        let end = ContinuousClock.now + Self.limit
        for event in events {
            guard !keys.contains(event.job.key) else {
                behind.append(event)
                continue
            }
            do {
                try await bus.append([event.job.envelope(from: source)])
            } catch {
                try Task.checkCancellation()
                if error is ConfigurationError { throw error }
                if FailureKind(of: error) == .permanent {
                    try await settle { try await event.fail(error) }
                    continue
                }
                keys.insert(event.job.key)
                failed.append((event, error))
                if taken == 0, .now > end { throw error }
                continue
            }
            taken += 1
            try await settle { try await event.finish() }
        }
        if taken == 0, let error = failed.first?.error { throw error }
        for (event, error) in failed { try await settle { try await event.fail(error) } }
        for event in behind { try await event.release() }
    }

    /// Has an event settled, unless it is another relay's now.
    private func settle(_ note: () async throws -> Void) async throws {
        do { try await note() } catch  where error.isJobLost {}
    }

    /// The events that the bus did not take, the oldest first.
    /// - Parameter limit: The most to give.
    public func deadLetters(limit: Int) async throws -> [DeadLetter] {
        try await events.dead(limit: limit).compactMap { dead in
            guard let event = try? dead.job.get() else { return nil }
            return DeadLetter(
                envelope: event.envelope(from: source), group: source, error: dead.reason, attempts: dead.attempts, time: dead.date)
        }
    }

    /// Relays a dead letter again. The letter is gone.
    /// - Returns: Whether there was such a letter.
    @discardableResult
    public func replay(_ eventID: String) async throws -> Bool { try await events.retry(eventID) }
}
