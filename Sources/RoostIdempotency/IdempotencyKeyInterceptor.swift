import Roost

/// Hands the `Idempotency-Key` of a call to a service that keeps it in its own database, in the transaction of the call's effect: it costs no
/// write of its own then, and nothing can come between the two.
///
/// The handler finds the key in `RequestContext.current?.idempotencyKey`, and a digest that identifies the request in `requestDigest`. It must
/// make the key unique for the calling account, answer the same request with the first response again, and refuse another one with 422.
/// Elsewhere, list an `IdempotencyInterceptor`, which does all of that.
public struct IdempotencyKeyInterceptor: Interceptor {
    /// Creates the interceptor of a route.
    public init() {}

    /// Calls `next` with the key in the context.
    /// - Throws: A `Problem` with status 400 if the key is malformed; whatever `next` throws.
    public func intercept<Reply: Sendable>(
        _ call: CallInfo, _ next: @escaping @Sendable (CallInfo) async throws -> Reply
    ) async throws -> Reply {
        guard let keyed = try await KeyedCall(call) else { return try await next(call) }
        var call = keyed.call
        call.context.requestDigest = keyed.fingerprint
        return try await next(call)
    }
}
