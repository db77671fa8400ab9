import Roost
import RoostHTTP

/// Lets each client have no more calls under way at the same time than its share.
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
    /// The response, which holds a turn for as long as it goes on.
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
