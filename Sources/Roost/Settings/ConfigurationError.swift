/// Why a service cannot start: one line for each fault, which names the setting and the allowed values. Secrets are hidden.
public struct ConfigurationError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The faults, one line each.
    public let faults: [String]

    /// The faults, one on each line.
    public var description: String { faults.joined(separator: "\n") }

    /// Creates an error.
    /// - Parameter fault: What is wrong, in one line.
    public init(_ fault: String) { faults = [Redaction.text(fault)] }

    private init(redacted faults: [String]) { self.faults = faults }

    /// Creates the error of a setting with a wrong value.
    /// - Parameters:
    ///   - key: The setting.
    ///   - value: The given value. Secrets and the credentials in URLs are not shown.
    ///   - allowed: The allowed values. The text reads on from "it must be".
    ///   - isSecret: Whether the value is a secret, even if its name does not show it.
    public init(key: String, value: String, allowed: String, isSecret: Bool = false) {
        let shown = isSecret ? Redaction.mark : Redaction.setting(key, value)
        faults = ["\(key)=\(shown) is wrong: it must be \(allowed)"]
    }

    /// Creates the error of a required setting that is missing.
    /// - Parameters:
    ///   - key: The setting.
    ///   - reason: Why it is required.
    public init(missing key: String, because reason: String) { self.init("\(key) must be given: \(reason)") }

    /// Checks that there are no faults.
    /// - Parameter faults: The faults, one line each.
    /// - Throws: One error with all faults, if there are any, so that they can be fixed together.
    public static func check(_ faults: [String]) throws(ConfigurationError) {
        if !faults.isEmpty { throw ConfigurationError(redacted: faults.map(Redaction.text)) }
    }
}
