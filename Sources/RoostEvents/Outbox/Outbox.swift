import Roost
import RoostData

/// Relays the events of a database's committed transactions to a bus, in the order of their commits.
///
/// An event is deleted from the database only after the bus has it. A relay killed between the two sends it again, and the bus, which
/// knows its id, passes it over (https://microservices.io/patterns/data/transactional-outbox.html).
public struct Outbox: Sendable {
    let database: Database
    let bus: any EventBus
    let source: String
    let retry: RetryPolicy

    /// The tables that `Transaction.publish` and the relay write to.
    public static let migrations = [
        Migration(
            "roost_outbox_0001",
            """
            CREATE TABLE roost_outbox (
                position INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL, topic TEXT NOT NULL, event_key TEXT NOT NULL,
                time BIGINT NOT NULL, traceparent TEXT, data BLOB NOT NULL
            )
            """),
        Migration(
            "roost_outbox_0002",
            """
            ALTER TABLE roost_outbox ADD COLUMN attempts BIGINT NOT NULL DEFAULT 0;
            ALTER TABLE roost_outbox ADD COLUMN due_at BIGINT NOT NULL DEFAULT 0;
            CREATE INDEX roost_outbox_waiting ON roost_outbox (event_key, position) WHERE attempts > 0;
            -- Events that the bus does not take.
            CREATE TABLE roost_outbox_dead_letters (
                id TEXT PRIMARY KEY, topic TEXT NOT NULL, event_key TEXT NOT NULL, time BIGINT NOT NULL, traceparent TEXT,
                data BLOB NOT NULL, error TEXT NOT NULL, attempts BIGINT NOT NULL, failed_at BIGINT NOT NULL
            );
            """),
    ]

    private static let batch = 128
    /// How often to look without being woken: for events that another process of the service left behind.
    private static let idleInterval = Duration.seconds(1)

    /// - Parameters:
    ///   - source: the service's name, which its events bear as their source.
    ///   - retry: how often an event is tried that the bus does not take while it takes others.
    public init(_ database: Database, to bus: any EventBus, source: String, retry: RetryPolicy = RetryPolicy()) {
        self.database = database
        self.bus = bus
        self.source = source
        self.retry = retry
    }

    /// Relays until the task is cancelled. What fails is logged and tried again.
    public func run() async {
        let (wakes, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let commits = database.commits()
        await withDiscardingTaskGroup { group in
            group.addTask { for await _ in commits { continuation.yield() } }
            group.addTask {
                repeat { continuation.yield() } while await Task.pause(for: Self.idleInterval)
                continuation.finish()
            }
            group.addTask { for await _ in wakes { await relayAll() } }
        }
    }

    /// Relays what is there.
    ///
    /// An event that the bus does not take while it takes others waits for another attempt, with the later ones of its key behind it,
    /// and becomes a dead letter in the end, or at once where the refusal is permanent: see `deadLetters(limit:)`.
    /// - Throws: what the bus or the database throws where the bus takes nothing; what was not relayed stays.
    public func relay() async throws {
        while try await relayBatch() == Self.batch {}
    }

    private func relayAll() async {
        var failures = 0
        while !Task.isCancelled {
            do {
                return try await relay()
            } catch {
                if Task.isCancelled { return }
                failures += 1
                let pause = RetryPolicy.reconnect.delay(after: failures)
                RequestContext.defaultLogger.error(
                    "The events of \(source) were not relayed: \(error). Next try in \(pause.seconds) s.")
                await Task.pause(for: pause)
            }
        }
    }

    private func relayBatch() async throws -> Int {
        let events = try await due(atMost: Self.batch)
        guard !events.isEmpty else { return 0 }
        do {
            try await bus.append(events.map(\.envelope))
        } catch {
            try Task.checkCancellation()
            try await relaySingly(events)
            return events.count
        }
        try await remove(events)
        return events.count
    }
}
