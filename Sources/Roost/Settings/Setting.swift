/// A value that a program is given from outside, such as in an environment variable: declared once, read by type, and checked at the start.
///
/// ```swift
/// extension Setting where Value == Int {
///     /// The most mails that are sent at once.
///     static var mailWorkers: Setting { Setting("MAIL_WORKERS", allowed: 1...16, default: 2, purpose: "How many mails are sent at once.") }
/// }
/// ```
///
/// A value that is given and wrong is never passed over: it stops the start with a line that names it. An empty one counts as not given.
public struct Setting<Value: Sendable>: SettingDeclaration {
    /// The name, in upper case and with underscores, such as `STORE_URL`.
    public let key: String
    /// The allowed values, described for a person. The text reads on from "it must be".
    public let allowed: String
    /// Whether the value must never be shown.
    public let isSecret: Bool
    /// The purpose of the setting, in one sentence.
    public let purpose: String
    /// A description of the default.
    public let fallbackText: String
    /// The default.
    public let fallback: Value
    private let parse: @Sendable (String) -> Value?

    /// Declares a setting of any type.
    /// - Parameters:
    ///   - key: The name, in upper case and with underscores, such as `STORE_URL`.
    ///   - allowed: The allowed values, described for a person. The text reads on from "it must be".
    ///   - fallback: The default.
    ///   - fallbackText: A description of the default; by default, its value.
    ///   - isSecret: Whether the value must never be shown. By default, the name determines it: see ``Redaction/isSecret(_:)``.
    ///   - purpose: The purpose of the setting, in one sentence.
    ///   - parse: Returns the value for a text, or `nil` if the text is not allowed.
    public init(
        _ key: String, allowed: String, default fallback: Value, described fallbackText: String? = nil, isSecret: Bool? = nil,
        purpose: String, parse: @escaping @Sendable (String) -> Value?
    ) {
        self.key = key
        self.allowed = allowed
        self.fallback = fallback
        self.fallbackText = fallbackText ?? "\(fallback)"
        self.isSecret = isSecret ?? Redaction.isSecret(key)
        self.purpose = purpose
        self.parse = parse
    }

    /// Declares an optional setting.
    /// - Parameters:
    ///   - key: The name, in upper case and with underscores.
    ///   - allowed: The allowed values, described for a person. The text reads on from "it must be".
    ///   - fallbackText: A description of what applies without a value.
    ///   - isSecret: Whether the value must never be shown. By default, the name determines it.
    ///   - purpose: The purpose of the setting, in one sentence.
    ///   - parse: Returns the value for a text, or `nil` if the text is not allowed.
    public init<Wrapped>(
        _ key: String, allowed: String, described fallbackText: String = "none", isSecret: Bool? = nil, purpose: String,
        parse: @escaping @Sendable (String) -> Wrapped?
    ) where Value == Wrapped? {
        self.init(
            key, allowed: allowed, default: nil, described: fallbackText, isSecret: isSecret, purpose: purpose,
            parse: { text in parse(text).map(Optional.some) })
    }

    /// Returns the value for a text.
    /// - Parameter text: The given text; `nil` or empty for the default.
    /// - Throws: A `ConfigurationError` that names the setting, the text and the allowed values. A secret is not shown.
    public func value(of text: String?) throws(ConfigurationError) -> Value {
        guard let text, !text.isEmpty else { return fallback }
        guard let value = parse(text) else { throw ConfigurationError(key: key, value: text, allowed: allowed, isSecret: isSecret) }
        return value
    }

    /// Checks the given text.
    /// - Throws: A `ConfigurationError` that names the setting, if the text is not an allowed value.
    public func check(_ text: String?) throws(ConfigurationError) { _ = try value(of: text) }
}

/// A setting of any type, for lists and for the check at startup.
public protocol SettingDeclaration: Sendable {
    /// The name, in upper case and with underscores, such as `STORE_URL`.
    var key: String { get }
    /// The allowed values, described for a person.
    var allowed: String { get }
    /// A description of the default.
    var fallbackText: String { get }
    /// Whether the value must never be shown.
    var isSecret: Bool { get }
    /// The purpose of the setting, in one sentence.
    var purpose: String { get }

    /// Checks a given text.
    /// - Throws: A `ConfigurationError` that names the setting, if the text is not an allowed value.
    func check(_ text: String?) throws(ConfigurationError)
}
