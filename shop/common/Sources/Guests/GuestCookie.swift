import Roost

/// The cookie that tells the shop which guest it is.
public struct GuestCookie: Sendable {
    /// The name of the cookie, under which contracts take it: `guest`.
    public static let name = "guest"
    /// How long a browser keeps the cookie: as long as an idle cart is kept.
    public static let lifetime = Duration.seconds(30 * 24 * 3600)

    private let isSecure: Bool

    /// Creates the cookie of a service.
    /// - Parameter isSecure: Whether browsers send the cookie over TLS only.
    public init(isSecure: Bool) { self.isSecure = isSecure }

    /// Sets the cookie with the response of the current call, so that the browser keeps it for another 30 days.
    /// - Throws: A `Problem` if that is not possible.
    public func set(_ guest: GuestID) throws(Problem) { RequestContext.current?.set(try cookie(guest.rawValue, Self.lifetime)) }

    /// Removes the cookie with the response of the current call.
    /// - Throws: A `Problem` if that is not possible.
    public func remove() throws(Problem) { RequestContext.current?.set(try cookie("", .zero)) }

    private func cookie(_ value: String, _ lifetime: Duration) throws(Problem) -> SetCookie {
        try SetCookie(Self.name, value, maxAge: lifetime, isSecure: isSecure)
    }
}
