import Roost
import RoostStore

/// The requirements that every store must meet for its sorted sets.
public enum SortedSetStoreConformance {
    /// The requirements, each independent of the others.
    public static let cases: [ConformanceCase<any SortedSetStore>] = [
        .init("sorts by score, then by name", sorts),
        .init("returns the members at some ranks", ranges),
        .init("finds the rank of a member", ranks),
        .init("gives a member a new score", rescores),
        .init("keeps a bounded number of members", isBounded),
        .init("removes members", removes),
        .init("takes concurrent additions", isConcurrent),
        .init("enforces the limits", limits),
    ]

    private static func filled(_ store: any SortedSetStore) async throws {
        try await store.add(
            [.init("c", score: 2), .init("a", score: -1.5), .init("é", score: 2), .init("b", score: 2), .init("d", score: 1e300)],
            toSet: "set", keeping: 100)
    }

    private static func names(_ members: [ScoredMember]) -> String { members.map(\.name).joined() }

    private static func sorts(_ store: any SortedSetStore) async throws {
        try require(try await store.highest(10, ofSet: "set").isEmpty, "a set that does not exist has no members")
        try await filled(store)
        let members = try await store.members(ofSet: "set", ranks: 0..<100, order: .lowestFirst)
        try require(names(members) == "abcéd", "the lowest score comes first, and equal scores go by name")
        try require(members.map(\.score) == [-1.5, 2, 2, 2, 1e300], "scores are exact")
        try require(try await store.highest(100, ofSet: "set") == members.reversed(), "the other order is the reverse")
        try require(try await store.highest(10, ofSet: "other").isEmpty, "sets are independent")
    }

    private static func ranges(_ store: any SortedSetStore) async throws {
        try await filled(store)
        for (ranks, expected) in [(0..<1, "a"), (1..<3, "bc"), (3..<1000, "éd"), (5..<10, ""), (2..<2, ""), (-3..<1, "a")] {
            let found = names(try await store.members(ofSet: "set", ranks: ranks, order: .lowestFirst))
            try require(found == expected, "the members at \(ranks) are returned")
        }
        try require(names(try await store.highest(2, ofSet: "set")) == "dé", "the highest are returned")
        try require(try await store.highest(0, ofSet: "set").isEmpty, "asking for no members returns none")
    }

    private static func ranks(_ store: any SortedSetStore) async throws {
        try await filled(store)
        try require(try await store.rank(of: "a", inSet: "set", order: .lowestFirst) == 0, "the lowest has rank 0")
        try require(try await store.rank(of: "c", inSet: "set", order: .lowestFirst) == 2, "equal scores have ranks of their own")
        try require(try await store.rank(of: "c", inSet: "set", order: .highestFirst) == 2, "ranks can be counted from the highest")
        try require(try await store.rank(of: "d", inSet: "set", order: .highestFirst) == 0, "the highest has rank 0")
        try require(try await store.rank(of: "x", inSet: "set", order: .lowestFirst) == nil, "others have no rank")
        try require(try await store.rank(of: "a", inSet: "none", order: .lowestFirst) == nil, "a set that does not exist has no ranks")
    }

    private static func rescores(_ store: any SortedSetStore) async throws {
        try await filled(store)
        try await store.add("a", score: 3, toSet: "set")
        try require(names(try await store.highest(2, ofSet: "set")) == "da", "the member has moved")
        try require(try await store.highest(100, ofSet: "set").count == 5, "the member is in the set once")
        try await store.add([.init("x", score: 1), .init("x", score: 5)], toSet: "twice", keeping: 10)
        try require(try await store.highest(2, ofSet: "twice") == [.init("x", score: 5)], "the last score counts")
    }

    private static func isBounded(_ store: any SortedSetStore) async throws {
        try await filled(store)
        try await store.add("e", score: 10, toSet: "set", keeping: 3)
        try require(names(try await store.highest(100, ofSet: "set")) == "deé", "those with the highest scores are kept")
        try await store.add("f", score: -10, toSet: "set", keeping: 3)
        try require(try await store.rank(of: "f", inSet: "set", order: .lowestFirst) == nil, "a new member may be the one that goes")
        try await store.add([], toSet: "set", keeping: 1)
        try require(try await store.highest(100, ofSet: "set").count == 3, "adding nothing changes nothing")
    }

    private static func removes(_ store: any SortedSetStore) async throws {
        try await filled(store)
        try await store.remove(["a", "é", "never"], fromSet: "set")
        try await store.remove([], fromSet: "set")
        try await store.remove(["a"], fromSet: "none")
        try await store.remove((0..<StoreLimits.setMembers + 1).map { "absent \($0)" }, fromSet: "set")
        try require(names(try await store.highest(100, ofSet: "set")) == "dcb", "the others remain")
    }

    private static func isConcurrent(_ store: any SortedSetStore) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<32 { group.addTask { try await store.add("\(number)", score: Double(number), toSet: "set", keeping: 16) } }
            try await group.waitForAll()
        }
        let kept = try await store.highest(100, ofSet: "set").map(\.name)
        try require(kept == (16..<32).reversed().map { "\($0)" }, "whatever the order of the additions, the highest are kept")
    }

    private static func limits(_ store: any SortedSetStore) async throws {
        let long = String(repeating: "k", count: StoreLimits.keyBytes + 1)
        let wrong: [(String, ScoredMember, Int)] = [
            ("", .init("a", score: 1), 1), ("set", .init("", score: 1), 1), ("set", .init(long, score: 1), 1),
            ("set", .init("a", score: .nan), 1),
            ("set", .init("a", score: .infinity), 1), ("set", .init("a", score: 1), 0),
            ("set", .init("a", score: 1), StoreLimits.setMembers + 1),
        ]
        for (name, member, limit) in wrong {
            try await refuses(nil, "an addition beyond the limits is refused") {
                try await store.add([member], toSet: name, keeping: limit)
            }
        }
        try require(try await store.highest(1, ofSet: "set").isEmpty, "what is refused changes nothing")
    }
}
