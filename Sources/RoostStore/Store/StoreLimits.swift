import Roost

/// The limits that all stores share, so that a service can move from one driver to another.
public enum StoreLimits {
    /// The largest size of a key, in bytes of UTF-8: of a value, a counter, a sorted set, a lock, a channel or a member of a sorted set.
    public static let keyBytes = 512
    /// The largest size of a value, in bytes: 2 MiB.
    public static let valueBytes = 2 << 20
    /// The largest size of a message, in bytes: 64 KiB.
    public static let messageBytes = 64 << 10
    /// The largest number of members of a sorted set.
    public static let setMembers = 10_000

    /// Checks a key and a value against the limits. Drivers call this before each operation.
    /// - Throws: A `DatabaseError` that names the limit that is exceeded.
    public static func check(_ key: String, _ bytes: [UInt8]?) throws(DatabaseError) {
        guard (1...keyBytes).contains(key.utf8.count), !key.utf8.contains(0) else {
            throw DatabaseError(.key, "a key must have 1 to \(keyBytes) bytes without NUL; this one has \(key.utf8.count) bytes")
        }
        guard let bytes, bytes.count > valueBytes else { return }
        throw DatabaseError(.value, "the value of \(key) must have at most \(valueBytes) bytes; this one has \(bytes.count)")
    }

    /// Checks a channel and a message.
    /// - Throws: A `DatabaseError` that names the limit that is exceeded.
    public static func check(channel: String, _ message: [UInt8] = []) throws(DatabaseError) {
        try check(channel, nil)
        guard message.count > messageBytes else { return }
        throw DatabaseError(.value, "a message must have at most \(messageBytes) bytes; this one has \(message.count)")
    }

    /// Checks a sorted set and members that are to be added.
    /// - Throws: A `DatabaseError` that names the limit that is exceeded.
    public static func check(set: String, _ members: [ScoredMember], keeping limit: Int) throws(DatabaseError) {
        try check(set, nil)
        for member in members {
            try check(member.name, nil)
            guard member.score.isFinite else { throw DatabaseError(.value, "the score of \(member.name) must be a finite number") }
        }
        guard (1...setMembers).contains(limit), members.count <= setMembers else {
            throw DatabaseError(.value, "a sorted set has 1 to \(setMembers) members")
        }
    }
}
