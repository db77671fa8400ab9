import Roost

/// The rule for the names of groups, which all buses share, and of subscriptions.
package enum EventGroup {
    /// Checks the name of a group.
    /// - Throws: A `ConfigurationError` if it is not 1 to 64 lowercase letters, digits and hyphens.
    package static func check(_ name: String) throws(ConfigurationError) {
        guard allows(name) else {
            throw ConfigurationError("the group \(name) must be named by 1 to 64 lower-case letters, digits and -")
        }
    }

    /// Returns whether a name is 1 to 64 lowercase letters, digits and hyphens.
    static func allows(_ name: String) -> Bool {
        (1...64).contains(name.utf8.count)
            && name.utf8.allSatisfy { (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2D }
    }
}
