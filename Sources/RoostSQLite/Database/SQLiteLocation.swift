import Roost

/// The location of an SQLite database, and its durability: `sqlite:PATH` or `sqlite:PATH?synchronous=normal`.
public struct SQLiteLocation: Sendable, Hashable {
    /// When a commit counts as done. In both cases, it survives if the process is killed.
    public enum Durability: String, Sendable {
        /// Once it is on the disk: it also survives a power failure.
        case full
        /// Once the operating system has it: a power failure may undo the last commits, but never a part of one. Faster on slow disks.
        case normal
    }

    /// The path of the file.
    public let path: String
    /// When a commit counts as done.
    public let durability: Durability
    /// The name of the engine's file system (https://www.sqlite.org/vfs.html); `nil` for the operating system's. Tests have others.
    package let fileSystem: String?

    /// Creates a location.
    /// - Parameters:
    ///   - path: The path of the file.
    ///   - durability: When a commit counts as done.
    public init(path: String, durability: Durability = .full) { self.init(path: path, durability: durability, fileSystem: nil) }

    private init(path: String, durability: Durability, fileSystem: String?) {
        self.path = path
        self.durability = durability
        self.fileSystem = fileSystem
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

    /// The allowed URLs, described for a person.
    public static let allowed = "sqlite:PATH, or sqlite:PATH?synchronous=normal if a power failure may undo the last commits"

    /// Reads a URL.
    /// - Returns: `nil` if it is not the URL of an SQLite database.
    public init?(url: String) {
        let parts = url.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        let path = parts[0].hasPrefix("sqlite:") ? parts[0].dropFirst(7) : ""
        var durability: Durability? = .full, fileSystem: String?
        for parameter in parts.dropFirst().flatMap({ $0.split(separator: "&", omittingEmptySubsequences: false) }) {
            if parameter.hasPrefix("synchronous=") {
                durability = Durability(rawValue: String(parameter.dropFirst(12)))
            } else if parameter.hasPrefix("vfs=") {
                fileSystem = String(parameter.dropFirst(4))
            } else {
                return nil
            }
        }
        guard !path.isEmpty, !path.utf8.contains(0), let durability else { return nil }
        self.init(path: String(path), durability: durability, fileSystem: fileSystem)
    }
}
