import Roost

extension KeyValueStore {
    /// Returns the value of a key that was stored as JSON, or `nil` if there is none.
    /// - Parameters:
    ///   - key: The key.
    ///   - type: The type of the value.
    /// - Throws: A `DatabaseError` if the stored value is not of this type; whatever the store throws.
    public func get<Value: Schema>(_ key: String, as type: Value.Type = Value.self) async throws -> Value? {
        try await get(key)?.decoded(of: key)
    }

    /// Stores a value as JSON, replacing any earlier value.
    /// - Parameters:
    ///   - key: The key.
    ///   - value: The value.
    ///   - ttl: How long the value is kept, or `nil` to keep it indefinitely.
    /// - Throws: A `DatabaseError` if the key or the value is too large; whatever the store throws.
    public func set(_ key: String, _ value: some Schema, ttl: Duration? = nil) async throws {
        try await put(key, JSON.encode(value), ttl: ttl, if: .always)
    }

    /// Removes the value of a key. Does nothing if there is none.
    public func delete(_ key: String) async throws { try await put(key, nil, ttl: nil, if: .always) }

    /// Changes a value atomically. If another change happens in between, `change` runs again with the new value, so no change is lost.
    /// - Parameters:
    ///   - key: The key.
    ///   - type: The type of the value.
    ///   - ttl: How long the value is kept from now on, or `nil` to keep it indefinitely.
    ///   - change: Changes the value in place. `nil` means that there is no value. It may run several times.
    /// - Returns: The result of `change`.
    /// - Throws: Whatever `change` throws; a `Problem` with status 503 if other changes kept interfering for ten seconds and a hundred
    ///   attempts.
    @discardableResult
    public func update<Value: Schema, Result>(
        _ key: String, as type: Value.Type = Value.self, ttl: Duration? = nil, _ change: (inout Value?) throws -> Result
    ) async throws -> Result {
        try await swap(key) { stored in
            var value: Value? = try stored?.decoded(of: key)
            let result = try change(&value)
            return (value.map { JSON.encode($0) }, ttl, result)
        }
    }

    private static var contention: Backoff { Backoff(first: .microseconds(500), longest: .milliseconds(32), jitter: 0...1) }

    private static var fewestAttempts: Int { 100 }

    /// Repeats a compare-and-swap with random pauses in between. The pauses grow at first, so that many competing callers spread out, and
    /// then shrink, so that a caller that has waited long succeeds before one that has just begun.
    private func swap<Result>(
        _ key: String, _ change: (StoredValue?) throws -> (bytes: [UInt8]?, ttl: Duration?, result: Result)
    ) async throws -> Result {
        let end = ContinuousClock.now + .seconds(10)
        var attempt = 0
        while true {
            let stored = try await getLatest(key)
            let next = try change(stored)
            // There was no value, and there is to be none.
            if stored == nil, next.bytes == nil { return next.result }
            let condition = stored.map { PutCondition.version($0.version) } ?? .absent
            if try await put(key, next.bytes, ttl: next.ttl, if: condition) != nil { return next.result }
            // Each attempt that fails is another caller's success, so this many callers at once succeed on a store of any speed.
            guard ContinuousClock.now < end || attempt < Self.fewestAttempts else {
                throw Problem.unavailable("Too many clients are changing the same entry at once.")
            }
            attempt += 1
            // From the seventh attempt on, pauses are halved, so that callers that have waited long come before new ones.
            try await Task.sleep(for: Self.contention.pause(after: attempt <= 7 ? attempt : max(2, 14 - attempt)))
        }
    }
}

extension StoredValue {
    /// Returns the value, which was stored as JSON.
    /// - Parameters:
    ///   - type: The type of the value.
    ///   - key: The key, for the error.
    /// - Throws: A `DatabaseError` if the value is not of this type.
    public func decoded<Value: Schema>(as type: Value.Type = Value.self, of key: String) throws(DatabaseError) -> Value {
        do {
            return try JSON.decode(Value.self, from: bytes)
        } catch {
            throw DatabaseError(.value, "the value of \(key) is not a valid \(Value.self): \(error.problem)")
        }
    }
}
