import Roost
import RoostHTTP

/// Limits the concurrent calls of each client to its share.
struct ShareInterceptor: Interceptor {
    let exchanges: ConcurrencyLimiter
    let streams: ConcurrencyLimiter

    func intercept<Reply: Sendable>(
        _ call: CallInfo, _ next: @escaping @Sendable (CallInfo) async throws -> Reply
    ) async throws -> Reply {
        let context = call.context
        guard !call.route.streaming.isEmpty else {
            let permit = try await exchanges.take(for: context.client, by: context.deadline)
            defer { withExtendedLifetime(permit) {} }
            return try await next(call)
        }
        let permit = try await streams.take(for: context.client)
        defer { withExtendedLifetime(permit) {} }
        let reply = try await next(call)
        return (reply as? Response)?.holding(permit) as? Reply ?? reply
    }
}

extension Response {
    /// Returns the response, which holds a permit until it has ended.
    fileprivate func holding(_ permit: ConcurrencyLimiter.Permit) -> Response {
        var held = self
        if case .stream(let pieces, let length) = body {
            held.body = .stream(PermitHoldingBody(pieces: MessageStream(pieces), permit: permit), length: length)
        }
        if case .webSocket(let subprotocol, let run)? = upgrade {
            held.upgrade = .webSocket(subprotocol: subprotocol) { socket in
                try await run(socket)
                withExtendedLifetime(permit) {}
            }
        }
        return held
    }
}
