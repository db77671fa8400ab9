import Roost

/// The `Idempotency-Key` of a request to place an order, and what tells this request from others under it.
struct RequestKey: Sendable {
    let text: String
    /// `nil` for a call that was not sent over a protocol, and so has no bytes that identify it.
    let digest: String?

    /// The key of the call under way, or `nil` if it has none.
    static var current: RequestKey? {
        guard let context = RequestContext.current else { return nil }
        return context.idempotencyKey.map { RequestKey(text: $0, digest: context.requestDigest) }
    }

    /// Returns the problem of a request that is not the one that the key was used with.
    static var isTaken: Problem { Problem(.unprocessable, "This Idempotency-Key was used with another request.") }
}
