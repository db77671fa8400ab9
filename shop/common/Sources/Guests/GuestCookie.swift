import Roost

/// The cookie by which the shop recognizes a guest. It is `HttpOnly` and `SameSite=Lax`, and belongs to the whole host.
///
/// Services set and remove it with the response of a call whose route declares it: `cookies: ["guest": "guest"]`.
public struct GuestCookie: Sendable {
    /// The name of the cookie, under which contracts take it: `guest`.
    public static let name = "guest"
    /// How long a browser keeps the cookie: as long as an idle cart is kept.
    public static let lifetime = Duration.seconds(30 * 24 * 3600)

    private let isSecure: Bool

    /// Creates the cookie as a service sets it.
    /// - Parameter isSecure: Whether browsers send the cookie over TLS only: `true` except in development.
    public init(isSecure: Bool) { self.isSecure = isSecure }

    /// Sets the cookie with the response of the current call, so that the browser keeps it for another 30 days. Does nothing outside a call.
    /// - Parameter guest: The guest whom the browser identifies from then on.
    /// - Throws: A `Problem` with status 500 if browsers would not accept the cookie.
    public func set(_ guest: GuestID) throws(Problem) { RequestContext.current?.set(try cookie(guest.rawValue, Self.lifetime)) }

    /// Removes the cookie from the browser with the response of the current call. Does nothing outside a call.
    /// - Throws: A `Problem` with status 500 if browsers would not accept the removal.
    public func remove() throws(Problem) { RequestContext.current?.set(try cookie("", .zero)) }

    private func cookie(_ value: String, _ lifetime: Duration) throws(Problem) -> SetCookie {
        try SetCookie(Self.name, value, maxAge: lifetime, isSecure: isSecure)
    }
}
