/// The URL of a resource, and the setting that it comes from: `STORE_URL=redis://cache:6379/0`.
public struct ResourceURL: Hashable, Sendable {
    /// The key of the setting, for errors.
    public let key: String
    /// The URL as it was given. It may contain a password, so show the description instead.
    public let text: String

    /// Creates a URL.
    /// - Parameters:
    ///   - text: The URL.
    ///   - key: The key of the setting that it comes from.
    public init(_ text: String, key: String) {
        self.text = text
        self.key = key
    }

    /// The scheme in lowercase (RFC 3986 §3.1), or an empty text if the URL has none.
    public var scheme: String {
        guard let colon = text.firstIndex(of: ":") else { return "" }
        return text[..<colon].lowercased()
    }

    /// Returns an error which says that the URL cannot be used.
    /// - Parameters:
    ///   - allowed: What the URL must be. It follows the words "it must be".
    ///   - code: The kind of fault, such as `.unreachable`.
    public func error(_ allowed: String, code: ConfigurationError.Code = .invalidSetting) -> ConfigurationError {
        ConfigurationError(key: key, value: text, allowed: allowed, code: code)
    }
}

extension ResourceURL: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The setting and the URL, without passwords.
    public var description: String { "\(key)=\(Redaction.setting(key, text))" }
    /// The same as `description`.
    public var debugDescription: String { description }
    /// A mirror that shows only the description, so that dumping a URL does not reveal a password.
    public var customMirror: Mirror { Mirror(self, children: ["url": description]) }
}
