import Roost
import RoostStore

extension RedisStore {
    /// What the keys of sorted sets begin with in Redis.
    private static let sets: StaticString = "z:"

    /// Adds members to a sorted set; see `SortedSetStore`.
    public func add(_ members: [ScoredMember], toSet name: String, keeping limit: Int) async throws {
        try StoreLimits.check(set: name, members, keeping: limit)
        guard !members.isEmpty else { return }
        var addition = RESPCommand("ZADD", words: 2 + 2 * members.count)
        addition.add(name, after: Self.sets)
        for member in members {
            addition.add(String(member.score))
            addition.add(member.name)
        }
        var removal = RESPCommand("ZREMRANGEBYRANK", words: 4)
        removal.add(name, after: Self.sets)
        removal.add("0")
        removal.add(Int64(-limit - 1))
        _ = try await client.transaction([addition, removal])
    }

    /// Returns members of a sorted set; see `SortedSetStore`.
    public func members(ofSet name: String, ranks: Range<Int>, order: ScoreOrder) async throws -> [ScoredMember] {
        try StoreLimits.check(name, nil)
        let ranks = ranks.clamped(to: 0..<StoreLimits.setMembers)
        guard !ranks.isEmpty else { return [] }
        var command = RESPCommand("ZRANGE", words: order == .highestFirst ? 6 : 5)
        command.add(name, after: Self.sets)
        command.add(Int64(ranks.lowerBound))
        command.add(Int64(ranks.upperBound - 1))
        if order == .highestFirst { command.add("REV") }
        command.add("WITHSCORES")
        let pairs = try await client.send(command, isRepeatable: true).elements ?? []
        return try pairs.map { pair in
            guard let member = pair.elements?.first?.text, let score = pair.elements?.last?.number else {
                throw DatabaseError(.engine, "the reply to ZRANGE is malformed")
            }
            return ScoredMember(member, score: score)
        }
    }

    /// Returns the rank of a member; see `SortedSetStore`.
    public func rank(of member: String, inSet name: String, order: ScoreOrder) async throws -> Int? {
        try StoreLimits.check(name, nil)
        try StoreLimits.check(member, nil)
        var command = RESPCommand(order == .highestFirst ? "ZREVRANK" : "ZRANK", words: 3)
        command.add(name, after: Self.sets)
        command.add(member)
        return try await client.send(command, isRepeatable: true).integer.map { Int($0) }
    }

    /// Removes members from a sorted set; see `SortedSetStore`.
    public func remove(_ members: [String], fromSet name: String) async throws {
        try StoreLimits.check(name, nil)
        guard !members.isEmpty else { return }
        for start in stride(from: 0, to: members.count, by: StoreLimits.setMembers) {
            let part = members[start..<min(start + StoreLimits.setMembers, members.count)]
            var command = RESPCommand("ZREM", words: 2 + part.count)
            command.add(name, after: Self.sets)
            for member in part { command.add(member) }
            _ = try await client.send(command)
        }
    }
}
