extension ConfigurationError {
    /// - Throws: one error that names all faults, where there are any, so that they can be mended at once.
    public static func check(_ faults: [String]) throws(ConfigurationError) {
        if !faults.isEmpty { throw ConfigurationError(faults.joined(separator: "; ")) }
    }
}
