/// Takes the secrets among a program's settings out of whatever text they got into, such as another library's error.
public struct SecretFilter: Sendable {
    /// The longest first, as one may be part of another.
    private let secrets: [String]

    /// A shorter value is no secret worth the name, and hiding it would hide half of every text.
    private static let shortest = 8

    /// Knows the settings that are declared as secrets, those whose names say that they are, and the passwords in URLs.
    /// - Parameters:
    ///   - settings: What was given, declared or not.
    ///   - declarations: The settings that are declared.
    public init(_ settings: Settings, declared declarations: [any SettingDeclaration] = []) {
        let declared = Set(declarations.filter(\.isSecret).map(\.key))
        let found = settings.keys.flatMap { key in
            let value = settings.text(key) ?? ""
            return declared.contains(key) || Redaction.isSecret(key) ? [value] : Self.passwords(in: value)
        }
        secrets = Set(found).filter { $0.utf8.count >= Self.shortest }.sorted { $0.utf8.count > $1.utf8.count }
    }

    /// The text with `***` for every secret.
    public func filtered(_ text: String) -> String {
        var text = Redaction.text(text)
        for secret in secrets where text.contains(secret) {
            text = text.split(separator: secret, omittingEmptySubsequences: false).joined(separator: Redaction.mark)
        }
        return text
    }

    /// As it stands in the URL, and as it is sent (RFC 3986 §2.1).
    private static func passwords(in value: String) -> [String] {
        guard let start = value.firstRange(of: "://")?.upperBound, let at = value.lastIndex(of: "@"), at > start,
            let colon = value[start..<at].firstIndex(of: ":")
        else { return [] }
        let password = String(value[value.index(after: colon)..<at])
        return [password, PercentCoding.decode(password.utf8) ?? password]
    }
}

extension SecretFilter: CustomStringConvertible, CustomReflectable {
    public var description: String { "SecretFilter(\(secrets.count))" }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
