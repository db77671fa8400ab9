/// Removes the secrets among a program's settings from any text, such as another library's error.
public struct SecretFilter: Sendable {
    /// The longest first, because a secret may be part of another one.
    private let secrets: [String]

    /// Shorter values are not hidden, since that would hide parts of ordinary text.
    private static let shortest = 8

    /// Creates a filter for the settings that are declared as secrets or have the name of one, and for the passwords in URLs.
    /// - Parameters:
    ///   - settings: All settings, declared or not.
    ///   - declarations: The declared settings.
    public init(_ settings: Settings, declared declarations: [any SettingDeclaration] = []) {
        let declared = Set(declarations.filter(\.isSecret).map(\.key))
        let found = settings.keys.flatMap { key in
            let value = settings.text(key) ?? ""
            return declared.contains(key) || Redaction.isSecret(key) ? [value] : Self.passwords(in: value)
        }
        secrets = Set(found).filter { $0.utf8.count >= Self.shortest }.sorted { $0.utf8.count > $1.utf8.count }
    }

    /// Returns the text with `***` in place of every secret.
    public func filtered(_ text: String) -> String {
        var text = Redaction.text(text)
        for secret in secrets where text.contains(secret) {
            text = text.split(separator: secret, omittingEmptySubsequences: false).joined(separator: Redaction.mark)
        }
        return text
    }

    /// Returns the passwords as they are in the URL and as they are sent (RFC 3986 §2.1).
    private static func passwords(in value: String) -> [String] {
        guard let start = value.firstRange(of: "://")?.upperBound, let at = value.lastIndex(of: "@"), at > start,
            let colon = value[start..<at].firstIndex(of: ":")
        else { return [] }
        let password = String(value[value.index(after: colon)..<at])
        return [password, PercentCoding.decode(password.utf8) ?? password]
    }
}

extension SecretFilter: CustomStringConvertible, CustomReflectable {
    /// The number of secrets, but not the secrets themselves.
    public var description: String { "SecretFilter(\(secrets.count))" }
    /// An empty mirror, so that dumping the filter reveals no secret.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
