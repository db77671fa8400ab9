/// Sets whose members have scores and are in the order of these, such as the best sellers of a shop. Members with the same score are in
/// the order of their names, by bytes.
///
/// A set has at most `StoreLimits.setMembers` members. It exists as long as it has one.
public protocol SortedSetStore: Sendable {
    /// Adds members, or gives those that exist a new score. If there are then too many, those with the lowest scores are removed.
    /// - Parameters:
    ///   - members: The members. Of one that is given twice, the last score counts.
    ///   - name: The name of the set.
    ///   - limit: The number of members that the set keeps.
    /// - Throws: A `DatabaseError` if a limit is exceeded or a score is not finite; a `Problem` with status 503 if the store is busy.
    func add(_ members: [ScoredMember], toSet name: String, keeping limit: Int) async throws

    /// Returns the members of a set at some ranks, of which 0 is the first.
    func members(ofSet name: String, ranks: Range<Int>, order: ScoreOrder) async throws -> [ScoredMember]

    /// Returns the rank of a member, of which 0 is the first, or `nil` if the set does not have it.
    func rank(of member: String, inSet name: String, order: ScoreOrder) async throws -> Int?

    /// Removes members from a set. Those that it does not have make no difference.
    func remove(_ members: [String], fromSet name: String) async throws
}

extension SortedSetStore {
    /// Adds a member, or gives it a new score; see `add(_:toSet:keeping:)`.
    public func add(_ member: String, score: Double, toSet name: String, keeping limit: Int = StoreLimits.setMembers) async throws {
        try await add([ScoredMember(member, score: score)], toSet: name, keeping: limit)
    }

    /// Returns the members with the highest scores, the highest first.
    /// - Parameters:
    ///   - count: The number of members.
    ///   - name: The name of the set.
    public func highest(_ count: Int, ofSet name: String) async throws -> [ScoredMember] {
        try await members(ofSet: name, ranks: 0..<max(0, count), order: .highestFirst)
    }
}

/// A member of a sorted set.
public struct ScoredMember: Hashable, Sendable {
    /// The member.
    public let name: String
    /// Its score.
    public let score: Double

    /// Creates a member.
    public init(_ name: String, score: Double) {
        self.name = name
        self.score = score
    }
}

/// The order in which the members of a sorted set are counted.
public enum ScoreOrder: Hashable, Sendable {
    /// The member with the lowest score has rank 0.
    case lowestFirst
    /// The member with the highest score has rank 0.
    case highestFirst
}
