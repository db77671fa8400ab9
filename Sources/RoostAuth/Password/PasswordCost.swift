import Roost

/// The work that one password hash takes: the parameters of Argon2id (RFC 9106 §3.1).
public struct PasswordCost: Hashable, Sendable {
    /// The memory that one hash uses, in KiB.
    public let memory: Int
    /// The number of passes over the memory.
    public let passes: Int
    /// The number of lanes (the degree of parallelism). This implementation computes them one after the other.
    public let lanes: Int

    /// 19 MiB, two passes, one lane: the second of the OWASP Password Storage Cheat Sheet's equivalent settings. It takes a third of
    /// the memory of RFC 9106's second recommendation, so that many may sign in at once on a small machine.
    public static let recommended = PasswordCost(memory: 19 * 1024, passes: 2, lanes: 1)

    /// Creates a cost, checking that it is within sensible bounds.
    /// - Parameters:
    ///   - memory: The memory in KiB: at least 8 for each lane, and at most 262,144 (256 MiB).
    ///   - passes: The number of passes over the memory, 1 to 16.
    ///   - lanes: The number of lanes, 1 to 4.
    /// - Throws: A `ConfigurationError` if a value is less than Argon2 accepts or more than a server should spend on one sign-in.
    public init(checking memory: Int, passes: Int, lanes: Int) throws(ConfigurationError) {
        guard (1...4).contains(lanes), (8 * lanes...256 * 1024).contains(memory), (1...16).contains(passes) else {
            throw ConfigurationError(
                key: "password cost", value: "m=\(memory),t=\(passes),p=\(lanes)",
                allowed: "8 KiB per lane up to 256 MiB of memory, 1 to 16 passes, 1 to 4 lanes")
        }
        self.init(memory: memory, passes: passes, lanes: lanes)
    }

    private init(memory: Int, passes: Int, lanes: Int) {
        self.memory = memory
        self.passes = passes
        self.lanes = lanes
    }

    /// Reads the cost from an encoded hash in the PHC string format: `$argon2id$v=19$m=19456,t=2,p=1$salt$hash`.
    /// - Returns: `nil` if the text is not an Argon2id hash of version 1.3, or its cost is out of bounds.
    init?(encoded: String) {
        let parts = encoded.split(separator: "$", omittingEmptySubsequences: false)
        guard parts.count == 6, parts[0].isEmpty, parts[1] == "argon2id", parts[2] == "v=19" else { return nil }
        let values = zip(["m=", "t=", "p="], parts[3].split(separator: ",", omittingEmptySubsequences: false)).compactMap { name, value in
            value.hasPrefix(name) ? Int(value.dropFirst(2)) : nil
        }
        guard values.count == 3 else { return nil }
        do { try self.init(checking: values[0], passes: values[1], lanes: values[2]) } catch { return nil }
    }
}
