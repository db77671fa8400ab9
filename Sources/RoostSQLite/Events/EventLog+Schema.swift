import RoostData

extension EventLog {
    static let migrations = [
        Migration(
            "roost_events_0001",
            """
            -- audience: the one group that a replayed event is for, empty for all.
            CREATE TABLE roost_events (
                position INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL, source TEXT NOT NULL, topic TEXT NOT NULL,
                event_key TEXT NOT NULL, time BIGINT NOT NULL, traceparent TEXT, data BLOB NOT NULL,
                audience TEXT NOT NULL, appended_at BIGINT NOT NULL, UNIQUE (id, audience)
            );
            CREATE INDEX roost_events_topic ON roost_events (topic, position);
            CREATE TABLE roost_event_groups (name TEXT PRIMARY KEY, position BIGINT NOT NULL);
            CREATE TABLE roost_dead_letters (
                group_name TEXT NOT NULL, id TEXT NOT NULL, source TEXT NOT NULL, topic TEXT NOT NULL, event_key TEXT NOT NULL,
                time BIGINT NOT NULL, traceparent TEXT, data BLOB NOT NULL, error TEXT NOT NULL, attempts BIGINT NOT NULL,
                failed_at BIGINT NOT NULL, PRIMARY KEY (group_name, id)
            );
            """),
        Migration(
            "roost_events_0002",
            """
            ALTER TABLE roost_events ADD COLUMN version BIGINT NOT NULL DEFAULT 1;
            ALTER TABLE roost_dead_letters ADD COLUMN version BIGINT NOT NULL DEFAULT 1;
            """),
        Migration("roost_events_0003", lanes),
    ]

    /// Groups keep their positions. Dead letters, which are in the databases of those that handle the events now, are delivered to their groups
    /// once more.
    private static let lanes = """
        DELETE FROM roost_events WHERE (id, audience) IN (SELECT id, group_name FROM roost_dead_letters);
        INSERT INTO roost_events (id, source, topic, version, event_key, time, traceparent, data, audience, appended_at)
        SELECT id, source, topic, version, event_key, time, traceparent, data, group_name, failed_at FROM roost_dead_letters
        ORDER BY failed_at, id;
        DROP TABLE roost_dead_letters;
        -- The part of the log that the key belongs to; see `KeyLanes`.
        ALTER TABLE roost_events ADD COLUMN lane BIGINT NOT NULL DEFAULT 0;
        UPDATE roost_events SET lane = (
            WITH RECURSIVE hash (place, value) AS (
                SELECT 0, 0 UNION ALL
                SELECT place + 1, (value * 1000003 + unicode(substr(event_key, place + 1, 1))) % 2147483647 FROM hash
                WHERE place < length(event_key)
            ) SELECT value % 32 FROM hash ORDER BY place DESC LIMIT 1
        );
        DROP INDEX roost_events_topic;
        CREATE INDEX roost_events_lane ON roost_events (lane, position);
        -- How far a group has settled a lane, and who reads it. is_disorderly: whether its last owner did not give it back in order.
        CREATE TABLE roost_event_lanes (
            group_name TEXT NOT NULL, lane BIGINT NOT NULL, position BIGINT NOT NULL, owner TEXT, epoch BIGINT NOT NULL DEFAULT 0,
            is_disorderly INTEGER NOT NULL DEFAULT 0,
            -- The generation of events after replayed_from; earlier ones are of the one before.
            generation BIGINT NOT NULL DEFAULT 0, replayed_from BIGINT NOT NULL DEFAULT 0, PRIMARY KEY (group_name, lane)
        );
        WITH RECURSIVE lanes (lane) AS (SELECT 0 UNION ALL SELECT lane + 1 FROM lanes WHERE lane < 31)
        INSERT INTO roost_event_lanes (group_name, lane, position) SELECT name, lane, position FROM roost_event_groups, lanes;
        ALTER TABLE roost_event_groups DROP COLUMN position;
        -- The number of changes of members and of lanes that were given back, by which members notice them.
        ALTER TABLE roost_event_groups ADD COLUMN revision BIGINT NOT NULL DEFAULT 0;
        -- The number of replays.
        ALTER TABLE roost_event_groups ADD COLUMN generation BIGINT NOT NULL DEFAULT 0;
        -- When it last had a member.
        ALTER TABLE roost_event_groups ADD COLUMN seen_at BIGINT NOT NULL DEFAULT 0;
        UPDATE roost_event_groups SET seen_at = CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER);
        -- presence: the number that the member's process holds while it lives. expires_at: by the machine's time since its start.
        CREATE TABLE roost_event_members (
            id TEXT PRIMARY KEY, group_name TEXT NOT NULL, topics TEXT NOT NULL, presence BIGINT NOT NULL, expires_at BIGINT NOT NULL
        );
        CREATE INDEX roost_event_members_group ON roost_event_members (group_name);
        """
}
