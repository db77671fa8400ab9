import Roost
import RoostStore

extension RedisStore {
    /// What the keys of counters begin with in Redis.
    private static let counters: StaticString = "c:"

    /// Adds to a counter; see `CounterStore`.
    @discardableResult
    public func add(_ amount: Int, toCounter name: String, ttl: Duration?) async throws -> Int {
        try StoreLimits.check(name, nil)
        var addition = RESPCommand("INCRBY", words: 3)
        addition.add(name, after: Self.counters)
        addition.add(Int64(amount))
        do {
            let reply: RESPValue?
            if let ttl {
                // Creates the counter with its lifetime, unless it exists.
                var creation = RESPCommand("SET", words: 6)
                creation.add(name, after: Self.counters)
                for word in ["0", "NX", "PX", String(ttl.wholeMilliseconds)] { creation.add(word) }
                reply = try await client.transaction([creation, addition]).last
            } else {
                reply = try await client.send(addition)
            }
            guard let sum = reply?.integer else { throw DatabaseError(.engine, "the reply to INCRBY is not a number") }
            return Int(sum)
        } catch let error as DatabaseError where error.message.contains("overflow") {
            throw DatabaseError(.value, "the sum of \(name) is too large")
        }
    }

    /// Returns the value of a counter; see `CounterStore`.
    public func count(_ name: String) async throws -> Int {
        try StoreLimits.check(name, nil)
        var command = RESPCommand("GET", words: 2)
        command.add(name, after: Self.counters)
        let reply = try await client.send(command, isRepeatable: true)
        if case .null = reply { return 0 }
        guard let count = reply.integer else { throw DatabaseError(.value, "the value of the counter \(name) is not an integer") }
        return Int(count)
    }

    /// Removes a counter; see `CounterStore`.
    public func removeCounter(_ name: String) async throws {
        try StoreLimits.check(name, nil)
        var command = RESPCommand("DEL", words: 2)
        command.add(name, after: Self.counters)
        _ = try await client.send(command)
    }
}
