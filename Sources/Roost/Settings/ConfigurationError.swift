/// Why a service cannot start: a line for each thing that is wrong, which names it and says what is allowed. Secrets are hidden in it.
public struct ConfigurationError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What is wrong, a line each.
    public let faults: [String]

    public var description: String { faults.joined(separator: "\n") }

    /// - Parameter fault: What is wrong, in one line.
    public init(_ fault: String) { faults = [Redaction.text(fault)] }

    private init(redacted faults: [String]) { self.faults = faults }

    /// - Parameters:
    ///   - key: The setting.
    ///   - value: What was given. A secret is not shown, nor are a URL's credentials.
    ///   - allowed: What may be given, which reads on from "it must be".
    ///   - isSecret: Whether the value is a secret, even if its name does not say so.
    public init(key: String, value: String, allowed: String, isSecret: Bool = false) {
        let shown = isSecret ? Redaction.mark : Redaction.setting(key, value)
        faults = ["\(key)=\(shown) is wrong: it must be \(allowed)"]
    }

    /// A setting that is needed and was not given.
    /// - Parameters:
    ///   - key: The setting.
    ///   - reason: What needs it.
    public init(missing key: String, because reason: String) { self.init("\(key) must be given: \(reason)") }

    /// Checks that nothing is wrong.
    /// - Parameter faults: What is wrong, a line each.
    /// - Throws: One error with all faults, if there are any, so that they can be put right together.
    public static func check(_ faults: [String]) throws(ConfigurationError) {
        if !faults.isEmpty { throw ConfigurationError(redacted: faults.map(Redaction.text)) }
    }
}
