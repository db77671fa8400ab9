import Roost
import RoostData
import RoostEvents

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The rows of a group of the embedded bus: its members, and which lanes they own. Every change of an owned lane is guarded by its epoch.
struct GroupRows: Sendable {
    let group: String
    let database: Database

    /// How long a member that hangs keeps its lanes. One that dies loses them at once.
    static let lease = Duration.seconds(15)

    struct Member {
        let id: String
        let topics: Set<String>
        let presence: Int64
        let isExpired: Bool
    }

    struct LaneRow {
        let lane: Int
        let position: Int64
        let owner: String?
        let epoch: Int64
        let isDisorderly: Bool
        let generation: Int
        let replayedFrom: Int64

        init(_ row: ResultRow) throws {
            lane = try row.get("lane")
            position = try row.get("position")
            owner = try row.get("owner")
            epoch = try row.get("epoch")
            isDisorderly = try row.get("is_disorderly")
            generation = try row.get("generation")
            replayedFrom = try row.get("replayed_from")
        }
    }

    /// What a member knows of its group.
    struct View {
        let revision: Int64
        let members: [Member]
        let lanes: [LaneRow]
    }

    /// How far an owner has settled a lane.
    struct Settled {
        let lane: Int
        let epoch: Int64
        let position: Int64
    }

    private var now: Int64 { LeaseTime(database.clock).now }

    /// Returns the group's revision and the last position of the log. If neither has changed, there is nothing to do.
    func look() async throws -> (revision: Int64, end: Int64) {
        let row = try await database.first(
            """
            SELECT coalesce((SELECT revision FROM roost_event_groups WHERE name = \(group)), -1) AS revision,
            coalesce((SELECT max(position) FROM roost_events), 0) AS last
            """)
        return (try row?.get("revision") ?? -1, try row?.get("last") ?? 0)
    }

    func view() async throws -> View {
        let now = now
        return try await database.read { snapshot in
            let row = try await snapshot.first("SELECT revision FROM roost_event_groups WHERE name = \(group)")
            let members = try await snapshot.query("SELECT * FROM roost_event_members WHERE group_name = \(group)").map { row in
                Member(
                    id: try row.get("id"), topics: Self.topics(try row.get("topics")), presence: try row.get("presence"),
                    isExpired: try row.get("expires_at", as: Int64.self) <= now)
            }
            let lanes = try await snapshot.query("SELECT * FROM roost_event_lanes WHERE group_name = \(group) ORDER BY lane")
            return View(
                revision: try row?.get("revision") ?? -1, members: members,
                lanes: try lanes.map(LaneRow.init))
        }
    }

    private static func topics(_ text: String) -> Set<String> { Set(text.split(separator: "\n").map(String.init)) }

    private static func text(_ topics: Set<String>) -> String { topics.sorted().joined(separator: "\n") }
}

extension GroupRows {
    /// Adds a member, and the group if it is new.
    func enter(_ member: String, topics: Set<String>, presence: Int64) async throws {
        let expires = now + Self.lease.milliseconds
        try await database.transaction { transaction in
            try await transaction.execute(
                """
                INSERT INTO roost_event_groups (name, seen_at) VALUES (\(group), \(transaction.clock.now))
                ON CONFLICT (name) DO UPDATE SET seen_at = excluded.seen_at
                """)
            try await transaction.execute(
                """
                WITH RECURSIVE lanes (lane) AS (SELECT 0 UNION ALL SELECT lane + 1 FROM lanes WHERE lane < \(KeyLanes.count - 1))
                INSERT INTO roost_event_lanes (group_name, lane, position) SELECT \(group), lane, 0 FROM lanes WHERE true
                ON CONFLICT (group_name, lane) DO NOTHING
                """)
            try await transaction.execute(
                """
                INSERT INTO roost_event_members (id, group_name, topics, presence, expires_at)
                VALUES (\(member), \(group), \(Self.text(topics)), \(presence), \(expires))
                ON CONFLICT (id) DO UPDATE SET expires_at = excluded.expires_at
                """)
            try await revise(in: transaction)
        }
    }

    /// Removes members that are gone, and gives free lanes to a member.
    /// - Parameters:
    ///   - count: The largest number of lanes.
    ///   - member: The member that gets them.
    ///   - dead: Members whose processes have died.
    func take(_ count: Int, for member: String, from dead: [String]) async throws -> [LaneRow] {
        let now = now
        // Random: after a crash of the machine has undone an epoch, no later one may be equal to it.
        let epoch = Int64.random(in: 1..<(1 << 62))
        return try await database.transaction(durability: .deferred) { transaction in
            let isThere =
                try await transaction.execute(
                    "UPDATE roost_event_members SET expires_at = \(now + Self.lease.milliseconds) WHERE id = \(member)") == 1
            let gone = try await transaction.execute(
                "DELETE FROM roost_event_members WHERE group_name = \(group) AND (expires_at <= \(now) OR id IN \(dead))")
            let left = try await transaction.execute(
                """
                UPDATE roost_event_lanes SET owner = NULL, is_disorderly = 1 WHERE group_name = \(group) AND owner IS NOT NULL
                AND owner NOT IN (SELECT id FROM roost_event_members)
                """)
            if gone + left > 0 { try await revise(in: transaction) }
            guard isThere else { return [] }
            return try await transaction.returning(
                """
                UPDATE roost_event_lanes SET owner = \(member), epoch = \(epoch) WHERE group_name = \(group) AND lane IN
                (SELECT lane FROM roost_event_lanes WHERE group_name = \(group) AND owner IS NULL ORDER BY lane LIMIT \(count))
                RETURNING *
                """
            ).map(LaneRow.init)
        }
    }

    /// Renews the lease of a member, and records what it has settled.
    /// - Returns: Whether it still is a member, and which of the lanes it still owns.
    func renew(_ member: String, _ settled: [Settled]) async throws -> (isMember: Bool, kept: Set<Int>) {
        let expires = now + Self.lease.milliseconds
        return try await database.transaction(durability: .deferred) { transaction in
            let isMember =
                try await transaction.execute(
                    "UPDATE roost_event_members SET expires_at = \(expires) WHERE id = \(member)") == 1
            try await transaction.execute(
                "UPDATE roost_event_groups SET seen_at = \(transaction.clock.now) WHERE name = \(group)")
            return (isMember, try await write(settled, of: member, in: transaction))
        }
    }

    /// Records what a member has settled.
    /// - Returns: The lanes that it still owns.
    func write(_ settled: [Settled], of member: String) async throws -> Set<Int> {
        try await database.transaction(durability: .deferred) { try await write(settled, of: member, in: $0) }
    }

    private func write(_ settled: [Settled], of member: String, in transaction: Transaction) async throws -> Set<Int> {
        var kept: Set<Int> = []
        for row in settled {
            let count = try await transaction.execute(
                """
                UPDATE roost_event_lanes SET position = max(position, \(row.position))
                WHERE group_name = \(group) AND lane = \(row.lane) AND owner = \(member) AND epoch = \(row.epoch)
                """)
            if count == 1 { kept.insert(row.lane) }
        }
        return kept
    }

    /// Gives lanes back in order.
    func release(_ settled: [Settled], of member: String) async throws {
        try await database.transaction(durability: .deferred) { try await release(settled, of: member, in: $0) }
    }

    private func release(_ settled: [Settled], of member: String, in transaction: Transaction) async throws {
        for row in settled {
            try await transaction.execute(
                """
                UPDATE roost_event_lanes SET position = max(position, \(row.position)), owner = NULL, is_disorderly = 0
                WHERE group_name = \(group) AND lane = \(row.lane) AND owner = \(member) AND epoch = \(row.epoch)
                """)
        }
        try await revise(in: transaction)
    }

    /// Removes a member that has ended in order.
    func leave(_ member: String, _ settled: [Settled]) async throws {
        try await database.transaction(durability: .deferred) { transaction in
            try await release(settled, of: member, in: transaction)
            try await transaction.execute("DELETE FROM roost_event_members WHERE id = \(member)")
        }
    }

    /// Begins a new generation with the first event since a time, or with the first event that is not settled if that is earlier.
    /// - Returns: The generation; `nil` if there is no such group.
    func replay(from date: Date) async throws -> Int? {
        try await database.transaction { transaction in
            let row = try await transaction.returning(
                "UPDATE roost_event_groups SET generation = generation + 1 WHERE name = \(group) RETURNING generation"
            ).first
            guard let row else { return nil }
            // A lane knows of two generations only.
            let behind: SQL = "SELECT 1 FROM roost_event_lanes WHERE group_name = \(group) AND position < replayed_from LIMIT 1"
            guard try await transaction.first(behind) == nil else {
                throw Problem(.conflict, "Events before the last replay are still to be handled. Replay again after that.")
            }
            // Events before the time are of the earlier generation, in which some of them may have been handled already.
            try await transaction.execute(
                """
                WITH start AS MATERIALIZED (SELECT coalesce((SELECT min(position) - 1 FROM roost_events WHERE appended_at >= \(date)),
                    (SELECT max(position) FROM roost_events), 0) AS position)
                UPDATE roost_event_lanes SET owner = NULL, epoch = \(Int64.random(in: 1..<(1 << 62))),
                    generation = generation + 1, replayed_from = (SELECT position FROM start),
                    position = min(position, (SELECT position FROM start))
                WHERE group_name = \(group)
                """)
            try await revise(in: transaction)
            return try row.get("generation")
        }
    }

    /// Tells the members that something has changed.
    private func revise(in transaction: Transaction) async throws {
        try await transaction.execute("UPDATE roost_event_groups SET revision = revision + 1 WHERE name = \(group)")
        try await transaction.signal(EventLog.channel)
    }
}
