/// A value that a program is told from outside, such as by an environment variable: declared once, read by type, and checked at the start.
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
    public let key: String
    public let allowed: String
    public let isSecret: Bool
    public let purpose: String
    public let fallbackText: String
    /// The value where none is given.
    public let fallback: Value
    private let parse: @Sendable (String) -> Value?

    /// Declares a setting of any type.
    /// - Parameters:
    ///   - key: The name, in upper case and with underscores, such as `STORE_URL`.
    ///   - allowed: What may be given, for a person. It reads on from "it must be".
    ///   - fallback: The value where none is given.
    ///   - fallbackText: How the default is described; the default itself if left out.
    ///   - isSecret: Whether the value is never shown. If left out, the name says so: see ``Redaction/isSecret(_:)``.
    ///   - purpose: What the setting is for, in one sentence.
    ///   - parse: Makes the value of what is given, or `nil` if that is wrong.
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

    /// Declares a setting that has no value if none is given.
    /// - Parameters:
    ///   - key: The name, in upper case and with underscores.
    ///   - allowed: What may be given, for a person. It reads on from "it must be".
    ///   - fallbackText: What holds if none is given.
    ///   - isSecret: Whether the value is never shown. If left out, the name says so.
    ///   - purpose: What the setting is for, in one sentence.
    ///   - parse: Makes the value of what is given, or `nil` if that is wrong.
    public init<Wrapped>(
        _ key: String, allowed: String, described fallbackText: String = "none", isSecret: Bool? = nil, purpose: String,
        parse: @escaping @Sendable (String) -> Wrapped?
    ) where Value == Wrapped? {
        self.init(
            key, allowed: allowed, default: nil, described: fallbackText, isSecret: isSecret, purpose: purpose,
            parse: { text in parse(text).map(Optional.some) })
    }

    /// Reads the value.
    /// - Parameter text: What was given; `nil` or an empty text for nothing.
    /// - Throws: An error that names the setting, what was given, and what is allowed. A secret is not shown in it.
    public func value(of text: String?) throws(ConfigurationError) -> Value {
        guard let text, !text.isEmpty else { return fallback }
        guard let value = parse(text) else { throw ConfigurationError(key: key, value: text, allowed: allowed, isSecret: isSecret) }
        return value
    }

    public func check(_ text: String?) throws(ConfigurationError) { _ = try value(of: text) }
}

/// What is known of a setting whatever its type, for lists and for the check at the start.
public protocol SettingDeclaration: Sendable {
    /// The name, in upper case and with underscores, such as `STORE_URL`.
    var key: String { get }
    /// What may be given, for a person.
    var allowed: String { get }
    /// What holds if none is given, for a person.
    var fallbackText: String { get }
    /// Whether the value is never shown.
    var isSecret: Bool { get }
    /// What the setting is for, in one sentence.
    var purpose: String { get }

    /// Checks what was given.
    /// - Throws: An error that names the setting, if what was given is wrong.
    func check(_ text: String?) throws(ConfigurationError)
}
