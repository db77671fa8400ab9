import RoostData

/// The tables of all queues of a database.
public enum WorkTables {
    /// The migrations that a database with queues needs. If they are listed twice, they are applied once.
    public static let migrations = [
        Migration(
            "roost_work_0001",
            """
            CREATE TABLE roost_work (
                number INTEGER PRIMARY KEY AUTOINCREMENT, queue TEXT NOT NULL, id TEXT NOT NULL, lane TEXT, job TEXT NOT NULL,
                traceparent TEXT, added_at BIGINT NOT NULL,
                -- 0 for at once: the index then has such jobs in the order in which they were added.
                due_at BIGINT NOT NULL,
                -- waiting, done or dead.
                state TEXT NOT NULL DEFAULT 'waiting',
                -- How often it was tried, the attempt under way among them, and whether it was at all.
                attempts BIGINT NOT NULL DEFAULT 0, is_retry INTEGER NOT NULL DEFAULT 0,
                -- Who works on it, and how often it was claimed: a claim of an earlier epoch can change nothing.
                worker TEXT, epoch BIGINT NOT NULL DEFAULT 0,
                reason TEXT, ended_at BIGINT,
                UNIQUE (queue, id)
            );
            CREATE INDEX roost_work_due ON roost_work (queue, is_retry, due_at) WHERE state = 'waiting' AND worker IS NULL;
            CREATE INDEX roost_work_lane ON roost_work (queue, lane, number) WHERE state = 'waiting' AND lane IS NOT NULL;
            CREATE INDEX roost_work_held ON roost_work (worker) WHERE worker IS NOT NULL;
            CREATE INDEX roost_work_ended ON roost_work (queue, state, ended_at) WHERE state <> 'waiting';
            -- Who works: until when its claims stand, and the number that it holds while it lives.
            CREATE TABLE roost_workers (id TEXT PRIMARY KEY, presence BIGINT, expires_at BIGINT NOT NULL);
            """)
    ]
}
