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
    /// If events of this many keys are parked, the events are not the cause: no more are read until some of the keys have none left.
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
    func add(_ event: ParkedEvent, after earlier: EarlierAttempts, in transaction: Transaction) async throws {
        var earlier = earlier
        if !earlier.isOver {
            let line: SQL = "SELECT count(*) AS count FROM (\(Self.line(of: event)) LIMIT \(Self.lineLimit)) AS line"
            let count: Int = try await transaction.first(line)?.get("count") ?? 0
            if count >= Self.lineLimit {
                earlier.isOver = true
                let reason = "\(Self.lineLimit) events of the key wait for \(event.subscription) before this one"
                earlier.reason = reason
                let logger = RequestContext.currentLogger
                transaction.onCommit { logger.error("The event \(event.event.id) is now a dead letter: \(reason).") }
            }
        }
        try await queue.add(
            event, id: event.id, key: event.line, after: earlier, traceparent: event.event.traceparent, in: transaction)
    }

    /// Adds an event in a transaction of its own.
    func add(_ event: ParkedEvent, after earlier: EarlierAttempts) async throws {
        try await database.transaction { try await add(event, after: earlier, in: $0) }
    }

    /// Whether events of so many keys are parked that no more should be read. Those that wait for a person do not count.
    func isFull() async throws -> Bool {
        let row = try await database.first(
            """
            SELECT count(*) AS count FROM (SELECT DISTINCT lane FROM roost_work WHERE queue = \(Self.name) AND state = 'waiting'
            AND due_at < \(JobTime.never) AND lane IS NOT NULL LIMIT \(Self.keyLimit)) AS lines
            """)
        return try row?.get("count", as: Int.self) ?? 0 >= Self.keyLimit
    }

    /// Records how many events are parked, and how many are dead letters, up to `keyLimit` of each.
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
            var number: Int64 = 0
            while let last = try await rename(from: former, to: subscription.name, after: number) { number = last }
        }
    }

    /// The number of events that one transaction renames.
    private static let portion = 500

    /// Renames some events.
    /// - Returns: The number of the last one that was looked at; `nil` if there are no more.
    private func rename(from former: String, to name: String, after number: Int64) async throws -> Int64? {
        try await database.transaction { transaction in
            let rows = try await transaction.query(
                """
                SELECT number, job FROM roost_work WHERE queue = \(Self.name) AND number > \(number)
                AND substr(id, 1, \(former.count + 1)) = \(former + " ") ORDER BY number LIMIT \(Self.portion)
                """)
            for row in rows {
                let number: Int64 = try row.get("number"), job: String = try row.get("job")
                // One that cannot be read becomes a dead letter when it is tried.
                guard var event = try? JSON.decode(ParkedEvent.self, from: Array(job.utf8)) else { continue }
                event.subscription = name
                // A process of the later version may have parked it under the present name.
                let twin: SQL = "SELECT 1 FROM roost_work WHERE queue = \(Self.name) AND id = \(event.id)"
                if try await transaction.first(twin) != nil {
                    try await transaction.execute("DELETE FROM roost_work WHERE number = \(number)")
                } else {
                    try await transaction.execute(
                        """
                        UPDATE roost_work SET id = \(event.id), lane = \(event.line), job = \(JSON.text(event)) WHERE number = \(number)
                        """)
                }
            }
            return try rows.last?.get("number", as: Int64.self)
        }
    }
}
