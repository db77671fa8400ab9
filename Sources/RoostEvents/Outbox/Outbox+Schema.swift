import RoostData
import RoostWork

extension Outbox {
    /// The tables of `Transaction.publish` and the relay.
    ///
    /// On PostgreSQL, events have been jobs of the queue `outbox` from the beginning.
    public static let migrations =
        [
            Migration(
                "roost_outbox_0001",
                sqlite: """
                    CREATE TABLE roost_outbox (
                        position INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL, topic TEXT NOT NULL, event_key TEXT NOT NULL,
                        time BIGINT NOT NULL, traceparent TEXT, data BLOB NOT NULL
                    )
                    """, postgres: ""),
            Migration(
                "roost_outbox_0002",
                sqlite: """
                    ALTER TABLE roost_outbox ADD COLUMN attempts BIGINT NOT NULL DEFAULT 0;
                    ALTER TABLE roost_outbox ADD COLUMN due_at BIGINT NOT NULL DEFAULT 0;
                    CREATE INDEX roost_outbox_waiting ON roost_outbox (event_key, position) WHERE attempts > 0;
                    -- Events that the bus does not take.
                    CREATE TABLE roost_outbox_dead_letters (
                        id TEXT PRIMARY KEY, topic TEXT NOT NULL, event_key TEXT NOT NULL, time BIGINT NOT NULL, traceparent TEXT,
                        data BLOB NOT NULL, error TEXT NOT NULL, attempts BIGINT NOT NULL, failed_at BIGINT NOT NULL
                    );
                    """, postgres: ""),
        ] + WorkTables.migrations + [
            Migration(
                "roost_outbox_0003",
                sqlite: """
                    -- Events that are to be relayed are jobs of the queue `outbox` now.
                    INSERT INTO roost_work (queue, id, lane, job, traceparent, added_at, due_at, attempts, is_retry)
                    SELECT 'outbox', id, event_key, \(event), traceparent, time, due_at, attempts, attempts > 0 FROM roost_outbox ORDER BY position;
                    INSERT INTO roost_work (queue, id, lane, job, traceparent, added_at, due_at, state, attempts, is_retry, reason, ended_at)
                    SELECT 'outbox', id, event_key, \(event), traceparent, time, failed_at, 'dead', attempts, 1, error, failed_at
                    FROM roost_outbox_dead_letters ORDER BY failed_at, id;
                    DROP TABLE roost_outbox;
                    DROP TABLE roost_outbox_dead_letters;
                    """, postgres: "")
        ]

    /// A row of the earlier tables as an `OutgoingEvent`.
    private static let event = """
        json_object('id', id, 'topic', topic, 'key', event_key, 'time', time, 'traceparent', traceparent, 'data', CAST(data AS TEXT))
        """
}
