import Roost

/// Tells at once that a process which used a database has died, where the engine can: each process holds a number for as long as it
/// lives, and the system takes it back at the moment of its death, however it dies.
///
/// A process that hangs keeps its number. A lease tells those.
public protocol DatabasePresence: Sendable {
    /// Holds a number.
    /// - Parameter number: At least 0, and below 2^62.
    /// - Throws: A `DatabaseError` where it is held already, or cannot be.
    func hold(_ number: Int64) async throws -> any PresenceHold

    /// Returns whether somebody holds a number.
    func isHeld(_ number: Int64) async throws -> Bool
}

/// A number that is held until it is released.
public protocol PresenceHold: Sendable {
    func release()
}

extension DatabaseDriver {
    /// An engine that says nothing of it leaves the dead to their leases.
    public var presence: (any DatabasePresence)? { nil }
}
