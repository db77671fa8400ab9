/// Runs work whose calls to other services have an idempotency key. A route that accepts keys then replies with the first response again.
/// The key has no effect on other routes, and the called services do not pass it on.
/// - Parameters:
///   - key: 1 to 255 visible ASCII characters.
///   - body: The work.
/// - Throws: The error of the work.
public func withIdempotencyKey<Result: Sendable>(_ key: String, _ body: () async throws -> Result) async rethrows -> Result {
    try await OutgoingKey.$current.withValue(key) { try await body() }
}

enum OutgoingKey {
    @TaskLocal static var current: String?

    /// Returns the key for calls of a route.
    static func key(for route: Route) -> String? { route.takesIdempotencyKey ? current : nil }
}
