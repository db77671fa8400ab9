import RoostData

extension SQLiteStore {
    static let migrations = [
        Migration(
            "roost_store_0001",
            """
            CREATE TABLE roost_entries (
                key TEXT PRIMARY KEY, bytes BLOB NOT NULL, version BIGINT NOT NULL, expires_at BIGINT
            ) WITHOUT ROWID;
            CREATE INDEX roost_entries_expires_at ON roost_entries (expires_at) WHERE expires_at IS NOT NULL;
            """),
        Migration(
            "roost_store_0002",
            """
            CREATE TABLE roost_counters (name TEXT PRIMARY KEY, value BIGINT NOT NULL, expires_at BIGINT) WITHOUT ROWID;
            CREATE INDEX roost_counters_expires_at ON roost_counters (expires_at) WHERE expires_at IS NOT NULL;
            CREATE TABLE roost_sorted_sets (
                name TEXT NOT NULL, member TEXT NOT NULL, score REAL NOT NULL, PRIMARY KEY (name, member)
            ) WITHOUT ROWID;
            CREATE INDEX roost_sorted_sets_score ON roost_sorted_sets (name, score, member);
            CREATE TABLE roost_locks (name TEXT PRIMARY KEY, token BIGINT NOT NULL, expires_at BIGINT NOT NULL) WITHOUT ROWID;
            CREATE TABLE roost_lock_tokens (token INTEGER PRIMARY KEY AUTOINCREMENT);
            CREATE TABLE roost_messages (
                position INTEGER PRIMARY KEY AUTOINCREMENT, channel TEXT NOT NULL, bytes BLOB NOT NULL, sent_at BIGINT NOT NULL
            );
            CREATE INDEX roost_messages_sent_at ON roost_messages (sent_at);
            """),
        Migration("roost_store_0003", "CREATE INDEX roost_locks_expires_at ON roost_locks (expires_at)"),
    ]
}
