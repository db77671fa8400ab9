extension String {
    /// Returns whether two secrets are equal. The time that it takes does not reveal where they differ, though it does reveal whether they are
    /// equally long.
    package func equalsInConstantTime(_ other: String) -> Bool {
        guard utf8.count == other.utf8.count else { return false }
        return zip(utf8, other.utf8).reduce(0 as UInt8) { $0 | ($1.0 ^ $1.1) } == 0
    }
}
