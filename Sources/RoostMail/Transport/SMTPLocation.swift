import Roost

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A mail server: `smtp://user:password@host:587?tls=required`, or `smtps://…` with TLS from the beginning.
struct SMTPLocation: Hashable, Sendable {
    /// The user and the password.
    struct Credentials: Hashable, Sendable, CustomStringConvertible, CustomReflectable {
        let user: String
        let password: String

        /// Whether these credentials can be sent: U+0000 separates the user from the password (RFC 4616 §2).
        var isSendable: Bool { !user.isEmpty && !user.utf8.contains(0) && !password.utf8.contains(0) }

        var description: String { Redaction.mark }
        var customMirror: Mirror { Mirror(self, children: []) }
    }

    /// The URL without the credentials and the options.
    let url: String
    let credentials: Credentials?
    /// Whether nothing is sent without TLS.
    let isSecured: Bool
    /// The path of a PEM file with the certificates of the trusted authorities; `nil` for those of the operating system.
    let authorities: String?

    /// Reads a URL.
    /// - Parameters:
    ///   - text: The URL.
    ///   - key: The setting that the URL comes from, for the error, which never shows the password.
    init(url text: String, key: String) throws(ConfigurationError) {
        guard let parsed = Self.parse(text) else { throw ConfigurationError(key: key, value: text, allowed: Self.allowed) }
        self = parsed
    }

    static let allowed = """
        smtp://HOST:PORT or smtps://HOST:PORT, with USER:PASSWORD@ before the host where the server asks for them, and with the options \
        ?tls=required or ?tls=opportunistic (of smtp, without a password) and ca=PATH
        """

    private init(url: String, credentials: Credentials?, isSecured: Bool, authorities: String?) {
        self.url = url
        self.credentials = credentials
        self.isSecured = isSecured
        self.authorities = authorities
    }

    static func parse(_ text: String) -> SMTPLocation? {
        guard let parts = URLComponents(string: text), let scheme = parts.scheme?.lowercased(), ["smtp", "smtps"].contains(scheme),
            let host = parts.encodedHost, !host.isEmpty, parts.path.isEmpty || parts.path == "/", parts.fragment == nil,
            (parts.user == nil) == (parts.password == nil), let options = options(parts.queryItems ?? [])
        else { return nil }
        let credentials = parts.user.flatMap { user in parts.password.map { Credentials(user: user, password: $0) } }
        // The ports of message submission: RFC 6409 §3.1 and RFC 8314 §3.3.
        let port = parts.port ?? (scheme == "smtps" ? 465 : 587)
        let needsTLS = scheme == "smtps" || credentials != nil
        guard (1...65535).contains(port), credentials?.isSendable ?? true, !(needsTLS && options["tls"] == "opportunistic") else {
            return nil
        }
        return SMTPLocation(
            url: "\(scheme)://\(host):\(port)", credentials: credentials,
            isSecured: needsTLS || options["tls"] == "required", authorities: options["ca"])
    }

    private static func options(_ items: [URLQueryItem]) -> [String: String]? {
        var options: [String: String] = [:]
        for item in items {
            guard let value = item.value, !value.isEmpty, options.updateValue(value, forKey: item.name) == nil else { return nil }
            switch item.name {
            case "tls" where ["required", "opportunistic"].contains(value): continue
            case "ca" where !value.utf8.contains(0): continue
            default: return nil
            }
        }
        return options
    }

    /// Returns the text of a server's reply without the password, which some servers repeat in the form in which it was sent (RFC 4616, `AUTH
    /// LOGIN`).
    func redacted(_ text: String) -> String {
        guard let credentials else { return text }
        let (user, password) = (credentials.user, credentials.password)
        let sent = ["\0\(user)\0\(password)", "\(user)\0\(user)\0\(password)", password].map { Data($0.utf8).base64EncodedString() }
        return (sent + [password]).reduce(text) { $1.isEmpty ? $0 : $0.replacing($1, with: Redaction.mark) }
    }
}

extension Setting where Value == String? {
    /// `SMTP_URL`, the server that mail is delivered to.
    public static var smtpURL: Setting {
        Setting(
            "SMTP_URL", allowed: SMTPLocation.allowed, described: "none: mail is captured",
            purpose: "The server that mail is delivered to.",
            parse: { text in SMTPLocation.parse(text) == nil ? nil : text })
    }
}
