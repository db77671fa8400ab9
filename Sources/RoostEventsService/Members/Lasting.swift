import Roost

/// Runs work that outlives the request that starts it, such as that of a member. It is not part of the call: it has neither its deadline nor its trace,
/// and is not cancelled with it.
func lasting<Result: Sendable, Failure: Error>(
    _ body: @escaping @Sendable () async throws(Failure) -> Result
) async throws(Failure) -> Result {
    try await withCancellationShield(isDetached: true, body)
}
