import Roost
import RoostHTTP

/// Limits the concurrent calls of each client to its share.
struct ShareInterceptor: Interceptor {
    let exchanges: Turns
    let streams: Turns

    func intercept<Reply: Sendable>(
        _ call: CallInfo, _ next: @escaping @Sendable (CallInfo) async throws -> Reply
    ) async throws -> Reply {
        let context = call.context
        guard !call.route.streaming.isEmpty else {
            let turn = try await exchanges.take(for: context.client, by: context.deadline)
            defer { withExtendedLifetime(turn) {} }
            return try await next(call)
        }
        let turn = try await streams.take(for: context.client)
        defer { withExtendedLifetime(turn) {} }
        let reply = try await next(call)
        return (reply as? Response)?.holding(turn) as? Reply ?? reply
    }
}

extension Response {
    /// Returns the response, which holds a permit until it has ended.
    fileprivate func holding(_ turn: Turn) -> Response {
        var held = self
        if case .stream(let pieces, let length) = body {
            held.body = .stream(HeldBody(pieces: MessageStream(pieces), turn: turn), length: length)
        }
        if case .webSocket(let subprotocol, let run)? = upgrade {
            held.upgrade = .webSocket(subprotocol: subprotocol) { socket in
                try await run(socket)
                withExtendedLifetime(turn) {}
            }
        }
        return held
    }
}
