import Roost
import RoostData
import RoostStore

extension SQLiteStore {
    /// Adds members to a sorted set; see `SortedSetStore`.
    public func add(_ members: [ScoredMember], toSet name: String, keeping limit: Int) async throws {
        try StoreLimits.check(set: name, members, keeping: limit)
        guard !members.isEmpty else { return }
        var batch = Batch()
        for member in members {
            batch.execute(
                """
                INSERT INTO roost_sorted_sets (name, member, score) VALUES (\(name), \(member.name), \(member.score))
                ON CONFLICT (name, member) DO UPDATE SET score = excluded.score
                """)
        }
        batch.execute(
            """
            DELETE FROM roost_sorted_sets WHERE name = \(name) AND member IN
            (SELECT member FROM roost_sorted_sets WHERE name = \(name) ORDER BY score DESC, member DESC LIMIT -1 OFFSET \(limit))
            """)
        try await database.run(batch)
    }

    /// Returns members of a sorted set; see `SortedSetStore`.
    public func members(ofSet name: String, ranks: Range<Int>, order: ScoreOrder) async throws -> [ScoredMember] {
        try StoreLimits.check(name, nil)
        let ranks = ranks.clamped(to: 0..<StoreLimits.setMembers)
        guard !ranks.isEmpty else { return [] }
        let selection: SQL = "SELECT member, score FROM roost_sorted_sets WHERE name = \(name) "
        let sorting: SQL =
            switch order {
            case .lowestFirst: "ORDER BY score, member"
            case .highestFirst: "ORDER BY score DESC, member DESC"
            }
        return try await database.query(selection + sorting + " LIMIT \(ranks.count) OFFSET \(ranks.lowerBound)")
            .map { ScoredMember(try $0.get("member"), score: try $0.get("score")) }
    }

    /// Returns the rank of a member; see `SortedSetStore`.
    public func rank(of member: String, inSet name: String, order: ScoreOrder) async throws -> Int? {
        try StoreLimits.check(name, nil)
        try StoreLimits.check(member, nil)
        let before: SQL =
            switch order {
            case .lowestFirst: "(other.score, other.member) < (own.score, own.member)"
            case .highestFirst: "(other.score, other.member) > (own.score, own.member)"
            }
        let counting: SQL = "SELECT (SELECT COUNT(*) FROM roost_sorted_sets other WHERE other.name = own.name AND "
        let row = try await database.first(
            counting + before + ") AS rank FROM roost_sorted_sets own WHERE own.name = \(name) AND own.member = \(member)")
        return try row?.get("rank")
    }

    /// Removes members from a sorted set; see `SortedSetStore`.
    public func remove(_ members: [String], fromSet name: String) async throws {
        try StoreLimits.check(name, nil)
        guard !members.isEmpty else { return }
        var batch = Batch()
        for start in stride(from: 0, to: members.count, by: Self.namesPerStatement) {
            let part = Array(members[start..<min(start + Self.namesPerStatement, members.count)])
            batch.execute("DELETE FROM roost_sorted_sets WHERE name = \(name) AND member IN \(part)")
        }
        try await database.run(batch)
    }
}
