/// Counters that any number of clients change at the same time, such as the number of requests in a minute.
public protocol CounterStore: Sendable {
    /// Adds to a counter atomically. A counter that does not exist is 0.
    /// - Parameters:
    ///   - amount: The number to add, which may be negative.
    ///   - name: The name of the counter.
    ///   - ttl: How long the counter is kept if this creates it, or `nil` to keep it indefinitely. Later additions do not extend it.
    /// - Returns: The sum.
    /// - Throws: A `DatabaseError` if the sum has more than 64 bits, and then nothing is added; a `Problem` with status 503 if the store is
    ///   busy.
    @discardableResult
    func add(_ amount: Int, toCounter name: String, ttl: Duration?) async throws -> Int

    /// Returns the value of a counter: 0 if it does not exist or has expired.
    func count(_ name: String) async throws -> Int

    /// Removes a counter. Does nothing if it does not exist.
    func removeCounter(_ name: String) async throws
}

extension CounterStore {
    /// Adds to a counter atomically, starting at 0.
    /// - Parameters:
    ///   - name: The name of the counter.
    ///   - amount: The number to add.
    ///   - ttl: How long the count is kept after the first increment. Later increments do not extend it.
    /// - Returns: The sum.
    /// - Throws: A `DatabaseError` if the sum is too large; whatever the store throws.
    @discardableResult
    public func increment(_ name: String, by amount: Int = 1, ttl: Duration? = nil) async throws -> Int {
        try await add(amount, toCounter: name, ttl: ttl)
    }
}
