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

    /// Reads a URL.
    /// - Parameter key: the configuration's key, for the error.
    public init(url: String, key: String) throws(ConfigurationError) {
        let parts = url.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        let path = parts[0].hasPrefix("sqlite:") ? parts[0].dropFirst(7) : ""
        let durability =
            parts.count == 1 ? .full : parts[1].hasPrefix("synchronous=") ? Durability(rawValue: String(parts[1].dropFirst(12))) : nil
        guard !path.isEmpty, !path.utf8.contains(0), let durability else {
            throw ConfigurationError(
                key: key, value: url,
                allowed: "sqlite:PATH, or sqlite:PATH?synchronous=normal where a loss of power may undo the last commits")
        }
        self.init(path: String(path), durability: durability)
    }
}
