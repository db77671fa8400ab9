/// Locks that processes hold for a time.
///
/// A process that is suspended can believe that it holds a lock which has expired. What the lock guards should therefore refuse a token that
/// is lower than one it has seen (a fencing token): each acquisition has a higher token than all before it.
public protocol LockStore: Sendable {
    /// Acquires a lock, unless it is held.
    /// - Parameters:
    ///   - name: The name of the lock.
    ///   - ttl: How long the lock is held, unless it is renewed or released.
    /// - Returns: The lock, or `nil` if it is held.
    /// - Throws: A `DatabaseError` if the name is invalid; a `Problem` with status 503 if the store is busy.
    func acquire(_ name: String, ttl: Duration) async throws -> StoreLock?

    /// Extends the time for which a lock is held.
    /// - Parameter ttl: How long it is held from now on.
    /// - Returns: Whether the lock was still held.
    func renew(_ lock: StoreLock, ttl: Duration) async throws -> Bool

    /// Releases a lock.
    /// - Returns: Whether the lock was still held.
    @discardableResult
    func release(_ lock: StoreLock) async throws -> Bool
}

/// A lock that was acquired.
public struct StoreLock: Hashable, Sendable {
    /// The name of the lock.
    public let name: String
    /// The fencing token, which is higher than that of every earlier acquisition of this name.
    public let token: Int64

    /// Creates a lock. Drivers call this.
    public init(name: String, token: Int64) {
        self.name = name
        self.token = token
    }
}
