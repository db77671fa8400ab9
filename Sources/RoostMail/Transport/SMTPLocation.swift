import Roost

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A mail server: `smtp://user:password@host:587`, or `smtps://…` with TLS from the beginning.
struct SMTPLocation: Hashable, Sendable {
    /// The user and the password.
    struct Credentials: Hashable, Sendable, CustomStringConvertible, CustomReflectable {
        let user: String
        let password: String

        var description: String { Redaction.mark }
        var customMirror: Mirror { Mirror(self, children: []) }
    }

    /// The URL without the credentials.
    let url: String
    let credentials: Credentials?

    /// Reads a URL.
    /// - Parameters:
    ///   - text: The URL.
    ///   - key: The setting that the URL comes from, for the error, which never shows the password.
    init(url text: String, key: String) throws(ConfigurationError) {
        guard let parsed = Self.parse(text) else { throw ConfigurationError(key: key, value: text, allowed: Self.allowed) }
        self = parsed
    }

    static let allowed = "smtp://host:port or smtps://host:port, with user:password@ before the host where the server asks for them"

    private init(url: String, credentials: Credentials?) {
        self.url = url
        self.credentials = credentials
    }

    static func parse(_ text: String) -> SMTPLocation? {
        guard let parts = URLComponents(string: text), let scheme = parts.scheme?.lowercased(), ["smtp", "smtps"].contains(scheme),
            let host = parts.encodedHost, !host.isEmpty, parts.path.isEmpty || parts.path == "/", parts.query == nil,
            parts.fragment == nil, (parts.user == nil) == (parts.password == nil)
        else { return nil }
        // The ports of message submission: RFC 6409 §3.1 and RFC 8314 §3.3.
        let port = parts.port ?? (scheme == "smtps" ? 465 : 587)
        guard (1...65535).contains(port) else { return nil }
        let url = "\(scheme)://\(host):\(port)"
        guard let user = parts.user, let password = parts.password else { return SMTPLocation(url: url, credentials: nil) }
        guard !user.isEmpty, !user.utf8.contains(0), !password.utf8.contains(0) else { return nil }
        return SMTPLocation(url: url, credentials: Credentials(user: user, password: password))
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
