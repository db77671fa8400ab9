/// Who calls a server, which decides what a request may say of the time that it has, and how much one address may take.
public enum Callers: Hashable, Sendable {
    /// Anyone. A deadline that comes from outside has effect on its own call alone: what of it is heard, each
    /// protocol says, and none goes below `shortestTimeout`. One address has at most `HTTPLimits.connectionShare`.
    case anyone
    /// The services of one system and its gateway. A connection carries the calls of many, so that what one of them gives up must not
    /// end it, and a call's deadline is what its first caller was granted.
    case services

    /// The shortest time that a call from outside may give its callee: 50 ms. Less would be work for an answer that nobody waits for.
    public static let shortestTimeout = Duration.milliseconds(50)
}
