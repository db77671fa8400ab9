import Roost

/// Carries calls of procedures, of each client no more at the same time than its share.
struct SharedCaller: Caller {
    let caller: any Caller
    let exchanges: Turns
    let streams: Turns

    var format: MessageFormat { caller.format }

    func send(_ request: Request, for route: Route) async throws -> Response {
        let context = RequestContext.current
        guard !route.streaming.isEmpty else {
            let turn = try await exchanges.take(for: context.client, by: context.deadline)
            defer { withExtendedLifetime(turn) {} }
            return try await caller.send(request, for: route)
        }
        let turn = try await streams.take(for: context.client)
        defer { withExtendedLifetime(turn) {} }
        var response = try await caller.send(request, for: route)
        if case .stream(let messages, let length) = response.body {
            response.body = .stream(HeldBody(pieces: MessageStream(messages), turn: turn), length: length)
        }
        return response
    }
}
