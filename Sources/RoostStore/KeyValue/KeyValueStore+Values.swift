import Roost

extension KeyValueStore {
    /// The value of a key, kept as JSON.
    /// - Throws: a `StoreError` where what is kept is no such value.
    public func get<Value: Schema>(_ key: String, as type: Value.Type = Value.self) async throws -> Value? {
        try await get(key).map { try decoded($0, of: key) }
    }

    /// Keeps a value as JSON.
    /// - Parameter ttl: how long it lasts; `nil` for ever.
    public func set(_ key: String, _ value: some Schema, ttl: Duration? = nil) async throws {
        try await put(key, JSON.encode(value), ttl: ttl, if: .always)
    }

    /// Removes a key's value, if it has one.
    public func delete(_ key: String) async throws { try await put(key, nil, ttl: nil, if: .always) }

    /// Changes a value so that no change by another is lost: where one came between, `change` runs again on what it left.
    /// - Parameters:
    ///   - ttl: how long the value lasts from now; `nil` for ever.
    ///   - change: makes the new value from the one that is there; `nil` stands for none.
    /// - Throws: what `change` throws; a `Problem` with status 503 where others came between for ten seconds.
    @discardableResult
    public func update<Value: Schema, Result>(
        _ key: String, as type: Value.Type = Value.self, ttl: Duration? = nil, _ change: (inout Value?) throws -> Result
    ) async throws -> Result {
        try await swap(key) { stored in
            var value: Value? = try stored.map { try decoded($0, of: key) }
            let result = try change(&value)
            return (value.map { JSON.encode($0) }, ttl, result)
        }
    }

    /// Counts: adds to the number that is there, or to 0.
    /// - Parameter ttl: how long the count lasts from the first increment on; later ones do not prolong it.
    /// - Returns: the sum.
    /// - Throws: a `StoreError` where the value is no number or the sum is too large; a `Problem` with status 503 where others came
    ///   between for ten seconds.
    @discardableResult
    public func increment(_ key: String, by amount: Int = 1, ttl: Duration? = nil) async throws -> Int {
        try await swap(key) { stored in
            let count: Int = try stored.map { try decoded($0, of: key) } ?? 0
            let (sum, isTooLarge) = count.addingReportingOverflow(amount)
            guard !isTooLarge else { throw StoreError(.value, "the sum of \(key) is too large") }
            return (JSON.encode(sum), stored == nil ? ttl : stored?.ttl, sum)
        }
    }

    /// Compare and swap, again and again, with a random pause between. The pauses grow at first, so that many who meet part; then they
    /// shrink, so that who has waited long comes before who has just come.
    private func swap<Result>(
        _ key: String, _ change: (StoredValue?) throws -> (bytes: [UInt8]?, ttl: Duration?, result: Result)
    ) async throws -> Result {
        let end = ContinuousClock.now + .seconds(10)
        var attempt = 0
        while true {
            let stored = try await get(key)
            let next = try change(stored)
            // Nothing was there and nothing is to be.
            if stored == nil, next.bytes == nil { return next.result }
            let condition = stored.map { PutCondition.version($0.version) } ?? .absent
            if try await put(key, next.bytes, ttl: next.ttl, if: condition) != nil { return next.result }
            guard ContinuousClock.now < end else { throw Problem.unavailable("Too many change the same entry at once.") }
            let longest = attempt < 7 ? 500 << attempt : max(1_000, 64_000 >> (attempt - 7))
            try await Task.sleep(for: .microseconds(Int.random(in: 0...longest)))
            attempt = min(attempt + 1, 16)
        }
    }

    private func decoded<Value: Schema>(_ stored: StoredValue, of key: String) throws(StoreError) -> Value {
        do {
            return try JSON.decode(Value.self, from: stored.bytes)
        } catch {
            throw StoreError(.value, "the value of \(key) is no \(Value.self): \(error.problem)")
        }
    }
}
