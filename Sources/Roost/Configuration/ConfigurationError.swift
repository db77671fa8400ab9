/// Why a service cannot start: one line that names what is wrong and what is allowed. Secrets are hidden in it.
public struct ConfigurationError: Error, Hashable, Sendable, CustomStringConvertible {
    public let description: String

    public init(_ description: String) { self.description = Redaction.text(description) }

    /// - Parameters:
    ///   - value: what was given. A secret is not shown, nor are a URL's credentials.
    ///   - allowed: what may be given, which reads on from "it must be".
    public init(key: String, value: String, allowed: String) {
        description = "\(key)=\(Redaction.setting(key, value)) is wrong: it must be \(allowed)"
    }

    /// A setting that is needed and was not given.
    /// - Parameter reason: what needs it.
    public init(missing key: String, because reason: String) { self.init("\(key) must be given: \(reason)") }
}
