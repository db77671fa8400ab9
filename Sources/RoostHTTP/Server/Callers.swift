/// Who calls a server. This determines which deadlines are accepted, and how much one address may use.
public enum Callers: Hashable, Sendable {
    /// Anyone. A deadline from outside only affects its own call: the protocol determines which part of it applies, at least
    /// `shortestTimeout`. One address has at most `HTTPLimits.connectionShare` connections.
    case anyone
    /// The services of one system and its gateway. A connection carries the calls of many callers, so a cancelled call must not end it, and
    /// the deadline of a call is the one of its first caller.
    case services

    /// The shortest timeout for a call from outside: 50 ms. With less, the callee would work on a reply that nobody waits for.
    public static let shortestTimeout = Duration.milliseconds(50)
}
