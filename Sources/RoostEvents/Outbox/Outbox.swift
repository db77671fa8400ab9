import Roost
import RoostData

/// Relays the events of a database's committed transactions to a bus, in the order of their commits.
///
/// An event is deleted from the database only after the bus has it. A relay killed between the two sends it again, and the bus, which
/// knows its id, passes it over (https://microservices.io/patterns/data/transactional-outbox.html).
public struct Outbox: Sendable {
    private let database: Database
    private let bus: any EventBus
    private let source: String

    /// The table that `Transaction.publish` writes to.
    public static let migrations = [
        Migration(
            "roost_outbox_0001",
            """
            CREATE TABLE roost_outbox (
                position INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL, topic TEXT NOT NULL, event_key TEXT NOT NULL,
                time BIGINT NOT NULL, traceparent TEXT, data BLOB NOT NULL
            )
            """)
    ]

    private static let batch = 128
    /// How often to look without being woken: for events that another process of the service left behind.
    private static let idleInterval = Duration.seconds(1)

    /// - Parameter source: the service's name, which its events bear as their source.
    public init(_ database: Database, to bus: any EventBus, source: String) {
        self.database = database
        self.bus = bus
        self.source = source
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
    /// - Throws: what the bus or the database throws; what was not relayed stays.
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
                RequestContext.defaultLogger.error("The events of \(source) were not relayed: \(error)")
                await Task.pause(for: RetryPolicy.reconnect.delay(after: failures))
            }
        }
    }

    private func relayBatch() async throws -> Int {
        let rows = try await database.query("SELECT * FROM roost_outbox ORDER BY position LIMIT \(Self.batch)")
        guard !rows.isEmpty else { return 0 }
        try await bus.append(rows.map(envelope))
        let positions = try rows.map { try $0.get("position", as: Int64.self) }
        try await database.execute("DELETE FROM roost_outbox WHERE position IN \(positions)")
        return rows.count
    }

    private func envelope(_ row: Row) throws -> EventEnvelope {
        EventEnvelope(
            id: try row.get("id"), source: source, topic: try row.get("topic"), key: try row.get("event_key"),
            time: try row.get("time"), traceparent: try row.get("traceparent"), data: try row.get("data"))
    }
}
