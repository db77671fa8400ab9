/// Runs `body`, whose calls to other services bear an idempotency key. A route that takes keys then gives the first answer again, whichever
/// way it is called; the key has no effect on others, and is not passed on by the services that are called.
/// - Parameter key: 1 to 255 visible ASCII characters.
/// - Throws: what `body` throws.
public func withIdempotencyKey<Result: Sendable>(_ key: String, _ body: () async throws -> Result) async rethrows -> Result {
    try await OutgoingKey.$current.withValue(key) { try await body() }
}

enum OutgoingKey {
    @TaskLocal static var current: String?

    /// The key that calls to a route bear.
    static func key(for route: Route) -> String? { route.takesIdempotencyKey ? current : nil }
}
