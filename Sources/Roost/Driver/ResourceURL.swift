/// The URL of something that a service uses, and the setting that gave it: `STORE_URL=redis://cache:6379/0`.
public struct ResourceURL: Hashable, Sendable {
    /// The setting, for errors.
    public let key: String
    /// The URL as it was given. It may hold a password: show the description, which does not.
    public let text: String

    /// Creates a URL.
    /// - Parameters:
    ///   - text: The URL.
    ///   - key: The setting that gave it.
    public init(_ text: String, key: String) {
        self.text = text
        self.key = key
    }

    /// The scheme in lower case (RFC 3986 §3.1), or an empty text if the URL has none.
    public var scheme: String {
        guard let colon = text.firstIndex(of: ":") else { return "" }
        return text[..<colon].lowercased()
    }

    /// Returns the error that the resource cannot be used.
    /// - Parameter allowed: What the URL must be; it reads on from "it must be".
    public func error(_ allowed: String) -> ConfigurationError { ConfigurationError(key: key, value: text, allowed: allowed) }
}

extension ResourceURL: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The setting and the URL, without passwords.
    public var description: String { "\(key)=\(Redaction.setting(key, text))" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: ["url": description]) }
}
