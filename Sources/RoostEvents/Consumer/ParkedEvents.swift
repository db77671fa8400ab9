import Roost
import RoostData
import RoostWork

/// Keeps events that could not be handled yet in the service's own database, so that the bus can go on without them. They are jobs of the
/// queue `parked`; those of a key for one subscription are worked on in order.
struct ParkedEvents: Sendable {
    let queue: WorkQueue<ParkedEvent>
    let database: Database

    static let name = "parked"
    /// The largest number of events of a key that wait for a subscription. Further ones are dead at once.
    static let lineLimit = 1000
    /// If events of this many keys are parked, the events are not the cause: no more are read until some of them are done.
    static let keyLimit = 10_000

    init(in database: Database, retry: RetryPolicy = RetryPolicy(), concurrency: Int = 1) {
        queue = WorkQueue(
            Self.name, in: database, options: WorkOptions(concurrency: concurrency, retry: retry, noun: "event"))
        self.database = database
    }

    /// The query for the events of an event's key that wait for its subscription.
    static func line(of event: ParkedEvent) -> SQL {
        "SELECT 1 FROM roost_work WHERE queue = \(name) AND lane = \(event.line) AND state = 'waiting'"
    }

    /// Adds an event at the end of its line. It is not added twice.
    /// - Parameter earlier: The attempts that were made.
    /// - Returns: Whether it is dead, because too many wait before it.
    @discardableResult
    func add(_ event: ParkedEvent, after earlier: EarlierAttempts, in transaction: Transaction) async throws -> Bool {
        var earlier = earlier
        if !earlier.isOver {
            let line: SQL = "SELECT count(*) AS count FROM (\(Self.line(of: event)) LIMIT \(Self.lineLimit)) AS line"
            let count: Int = try await transaction.first(line)?.get("count") ?? 0
            if count >= Self.lineLimit {
                earlier.isOver = true
                earlier.reason = "\(Self.lineLimit) events of the key wait for \(event.subscription) before this one"
            }
        }
        try await queue.add(
            event, id: event.id, key: event.line, after: earlier, traceparent: event.event.traceparent, in: transaction)
        return earlier.isOver
    }

    /// Adds an event in a transaction of its own.
    @discardableResult
    func add(_ event: ParkedEvent, after earlier: EarlierAttempts) async throws -> Bool {
        try await database.transaction { try await add(event, after: earlier, in: $0) }
    }

    /// Whether events of so many keys are parked that no more should be read.
    func isFull() async throws -> Bool {
        let row = try await database.first(
            """
            SELECT count(*) AS count FROM (SELECT DISTINCT lane FROM roost_work WHERE queue = \(Self.name) AND state = 'waiting'
            AND lane IS NOT NULL LIMIT \(Self.keyLimit)) AS lines
            """)
        return try row?.get("count", as: Int.self) ?? 0 >= Self.keyLimit
    }

    /// Records how many events are parked, and how many are dead letters; of a group that has very many, that there are many.
    func measure(_ group: String) async throws {
        let dimensions = [("messaging.consumer.group.name", group)]
        let parked = ValueMetric("roost.events.parked", dimensions), dead = ValueMetric("roost.events.dead", dimensions)
        guard parked.isActive else { return }
        for (metric, state) in [(parked, "waiting"), (dead, "dead")] {
            let row = try await database.first(
                """
                SELECT count(*) AS count FROM (SELECT 1 FROM roost_work WHERE queue = \(Self.name) AND state = \(state)
                LIMIT \(Self.keyLimit)) AS events
                """)
            metric.record(Double(try row?.get("count", as: Int.self) ?? 0))
        }
    }

    /// Gives the events of a subscription's former names to its present name, so that they stay in order with later ones.
    func rename(_ subscription: Subscription) async throws {
        for former in subscription.formerNames {
            try await database.transaction { transaction in
                let rows = try await transaction.query(
                    "SELECT number, job FROM roost_work WHERE queue = \(Self.name) AND substr(id, 1, \(former.count + 1)) = \(former + " ")")
                for row in rows {
                    var event = try JSON.decode(ParkedEvent.self, from: Array(row.get("job", as: String.self).utf8))
                    event.subscription = subscription.name
                    try await transaction.execute(
                        """
                        UPDATE roost_work SET id = \(event.id), lane = \(event.line), job = \(JSON.text(event))
                        WHERE number = \(row.get("number", as: Int64.self))
                        """)
                }
            }
        }
    }
}
