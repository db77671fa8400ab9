import Roost

/// Detects the death of a process that used a database immediately, if the engine supports this: each process holds a number for as long
/// as it lives, and the system takes it back at the moment of its death, however it dies.
///
/// A process that hangs keeps its number; a lease detects those.
public protocol DatabasePresence: Sendable {
    /// Reserves a number for this process.
    /// - Parameter number: At least 0, and less than 2^62.
    /// - Throws: A `DatabaseError` if the number is already held, or cannot be held.
    func hold(_ number: Int64) async throws -> any PresenceHold

    /// Returns whether a process holds a number.
    func isHeld(_ number: Int64) async throws -> Bool

    /// Returns a stream with an element whenever a number may have been given back, from any process; `nil` if the system cannot tell. An
    /// element says that it is worth looking.
    func departures() -> AsyncStream<Void>?
}

extension DatabasePresence {
    /// `nil`: the system cannot tell.
    public func departures() -> AsyncStream<Void>? { nil }
}

/// A number that is held until it is released.
public protocol PresenceHold: Sendable {
    /// Releases the number.
    func release()
}

extension DatabaseDriver {
    /// Without support by the engine, dead processes are detected by their leases.
    public var presence: (any DatabasePresence)? { nil }
}
