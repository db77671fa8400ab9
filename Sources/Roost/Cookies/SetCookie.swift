/// A cookie that a response sets or removes (RFC 6265bis §4.1).
///
/// A function of a route with cookies sets one with its response:
///
/// ```swift
/// RequestContext.current?.set(try SetCookie("guest-id", id, maxAge: .seconds(30 * 24 * 3600), isSecure: true))
/// ```
public struct SetCookie: Hashable, Sendable {
    /// The requests from other sites with which a browser sends the cookie.
    public enum SameSite: String, Hashable, Sendable {
        /// It is sent with no requests from other sites.
        case strict = "Strict"
        /// It is sent when a link is followed, but not with requests that change something.
        case lax = "Lax"
        /// It is sent with all requests. The cookie must be secure.
        case none = "None"
    }

    /// The name.
    public let name: String
    /// The value.
    public let value: String
    /// How long the browser keeps the cookie; `nil` until the browser is closed.
    public let maxAge: Duration?
    /// The path below which the browser sends the cookie.
    public let path: String
    /// The domain to which the browser sends the cookie, with all domains below it; `nil` for the host that sets it alone.
    public let domain: String?
    /// Whether the browser sends the cookie over TLS only.
    public let isSecure: Bool
    /// Whether the cookie is hidden from scripts.
    public let isHTTPOnly: Bool
    /// The requests from other sites with which the browser sends the cookie.
    public let sameSite: SameSite

    /// Creates a cookie. The defaults are the narrowest that a site can usually live with.
    /// - Parameters:
    ///   - name: The name: ASCII letters, digits and ``!#$%&'*+-.^_`|~``.
    ///   - value: The value: visible ASCII characters, without quotes, commas, semicolons and backslashes.
    ///   - maxAge: How long the browser keeps the cookie, in whole seconds, rounded up; `nil` until the browser is closed. Zero or less
    ///     removes the cookie.
    ///   - path: The path below which the browser sends the cookie.
    ///   - domain: The domain to which the browser sends the cookie, with all domains below it; `nil` for the host that sets it alone.
    ///   - isSecure: Whether the browser sends the cookie over TLS only.
    ///   - isHTTPOnly: Whether the cookie is hidden from scripts.
    ///   - sameSite: The requests from other sites with which the browser sends the cookie.
    /// - Throws: A `Problem` with status 500 if browsers would not accept the cookie: because of its characters, its size (4096 bytes), or
    ///   what its name or `sameSite` promises.
    public init(
        _ name: String, _ value: String, maxAge: Duration? = nil, path: String = "/", domain: String? = nil, isSecure: Bool,
        isHTTPOnly: Bool = true, sameSite: SameSite = .lax
    ) throws(Problem) {
        self.name = name
        self.value = value
        self.maxAge = maxAge
        self.path = path
        self.domain = domain
        self.isSecure = isSecure
        self.isHTTPOnly = isHTTPOnly
        self.sameSite = sameSite
        if let fault { throw Problem(.internalError, "The cookie \(CookieSyntax.isName(name) ? name : "") can't be set: \(fault).") }
    }

    /// Returns the cookie that removes this one from the browser.
    public var removal: SetCookie {
        get throws(Problem) {
            try SetCookie(
                name, "", maxAge: .zero, path: path, domain: domain, isSecure: isSecure, isHTTPOnly: isHTTPOnly, sameSite: sameSite)
        }
    }

    /// Why browsers would not accept the cookie (RFC 6265bis §5.7).
    private var fault: String? {
        let prefix = name.lowercased()
        if !CookieSyntax.isName(name) { return "its name is not a token" }
        if !CookieSyntax.isValue(value.utf8) { return "its value has characters that cookies can't have" }
        if name.utf8.count + value.utf8.count > 4096 { return "it has more than 4096 bytes" }
        if !path.hasPrefix("/") || !CookieSyntax.isAttribute(path) {
            return "its path must begin with / and have only characters that cookies can have"
        }
        if let domain, domain.isEmpty || !CookieSyntax.isAttribute(domain) { return "its domain must be a name" }
        if sameSite == .none, !isSecure { return "a cookie that is sent with all requests must be secure" }
        if prefix.hasPrefix("__secure-"), !isSecure { return "its name says that it is secure" }
        if prefix.hasPrefix("__host-"), !isSecure || path != "/" || domain != nil { return "its name says that it is this host's alone" }
        return nil
    }

    /// The value of the header field `set-cookie`.
    public var text: String {
        var text = "\(name)=\(value)"
        if let maxAge { text += "; Max-Age=\(Self.wholeSeconds(of: maxAge))" }
        if let domain { text += "; Domain=\(domain)" }
        text += "; Path=\(path)"
        if isSecure { text += "; Secure" }
        if isHTTPOnly { text += "; HttpOnly" }
        return text + "; SameSite=\(sameSite.rawValue)"
    }

    /// Returns the seconds of a duration, rounded up so that a cookie with a short lifetime is not removed instead of set.
    private static func wholeSeconds(of duration: Duration) -> Int64 {
        let (seconds, attoseconds) = duration.components
        return max(0, attoseconds > 0 && seconds < .max ? seconds + 1 : seconds)
    }
}

extension SetCookie: CustomStringConvertible, CustomReflectable {
    /// The name, without the value, which may be a secret.
    public var description: String { "SetCookie(\(name))" }
    /// A mirror that shows the name alone.
    public var customMirror: Mirror { Mirror(self, children: ["name": name]) }
}
