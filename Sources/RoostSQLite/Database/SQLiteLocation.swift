import Roost

/// Where an SQLite database is and how it is kept: `sqlite:PATH` or `sqlite:PATH?synchronous=normal`.
public struct SQLiteLocation: Sendable, Hashable {
    /// When a commit counts as done. Either way it survives the death of the process (SIGKILL).
    public enum Durability: String, Sendable {
        /// On the disk: it survives a loss of power too.
        case full
        /// With the operating system: a loss of power may undo the last commits, never half of one. Faster on slow disks.
        case normal
    }

    public let path: String
    public let durability: Durability

    public init(path: String, durability: Durability = .full) {
        self.path = path
        self.durability = durability
    }

    /// Reads the URL that a setting gives.
    /// - Parameters:
    ///   - url: The URL.
    ///   - key: The setting, for the error.
    /// - Throws: A `ConfigurationError` if it is not the URL of an SQLite database.
    public init(url: String, key: String) throws(ConfigurationError) {
        guard let location = SQLiteLocation(url: url) else { throw ConfigurationError(key: key, value: url, allowed: Self.allowed) }
        self = location
    }

    /// What a URL must be, for a person.
    public static let allowed = "sqlite:PATH, or sqlite:PATH?synchronous=normal where a loss of power may undo the last commits"

    /// Reads a URL.
    /// - Returns: `nil` if it is not the URL of an SQLite database.
    public init?(url: String) {
        let parts = url.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        let path = parts[0].hasPrefix("sqlite:") ? parts[0].dropFirst(7) : ""
        let durability =
            parts.count == 1 ? .full : parts[1].hasPrefix("synchronous=") ? Durability(rawValue: String(parts[1].dropFirst(12))) : nil
        guard !path.isEmpty, !path.utf8.contains(0), let durability else { return nil }
        self.init(path: String(path), durability: durability)
    }
}
