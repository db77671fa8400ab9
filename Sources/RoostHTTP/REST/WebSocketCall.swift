import Roost

/// A live call over a WebSocket, in which each value is a text message with JSON, in both directions.
struct WebSocketCall<Element: Schema>: Sendable {
    let stream: MessageStream<Element>
    /// The values that the client sends, if the function takes them.
    let input: WebSocketInput?
    /// The call that is answered, for the log.
    let operation: String
    let context: RequestContext

    /// Runs until the stream ends or the client is gone. A `Problem` closes the socket with 4000 plus its status, such as 4404, which is
    /// one of the codes for private use (RFC 6455 §7.4.2).
    func run(over socket: any WebSocket) async throws {
        do {
            guard let input else { return try await sendWhileConnected(to: socket) }
            input.open(socket)
            try await send(to: socket)
        } catch let thrown as Problem {
            let problem = Problem(telling: thrown, of: operation, in: context)
            try await socket.close(UInt16(4000 + problem.status.code), problem.detail ?? problem.title)
        }
    }

    private func send(to socket: any WebSocket) async throws {
        for try await element in stream { try await socket.send(.text(JSON.text(element))) }
    }

    /// Sends values, and meanwhile reads and discards messages, in order to notice that the client is gone.
    private func sendWhileConnected(to socket: any WebSocket) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await send(to: socket) }
            group.addTask { while try await socket.receive() != nil {} }
            defer { group.cancelAll() }
            try await group.next()
        }
    }
}

/// The values that a client sends over the WebSocket of a live call. The function can ask for them before the socket is open.
final class WebSocketInput: Sendable {
    private let sockets: AsyncStream<any WebSocket>
    private let opening: AsyncStream<any WebSocket>.Continuation
    /// The largest message, in bytes.
    private let limit: Int

    init(limit: Int) {
        self.limit = limit
        (sockets, opening) = AsyncStream.makeStream(bufferingPolicy: .bufferingOldest(1))
    }

    deinit { opening.finish() }

    func open(_ socket: any WebSocket) {
        opening.yield(socket)
        opening.finish()
    }

    /// Returns the values of the client's messages. An invalid message closes the socket: with 1003 if it is not text, 1007 if it is not
    /// JSON, 1008 if it violates the schema, or 1009 if it is too long (RFC 6455 §7.4.1).
    func values<Value: Schema>(as type: Value.Type = Value.self) -> MessageStream<Value> {
        let limit = limit
        return MessageStream(sockets).transformed { next in
            var socket: (any WebSocket)?
            return {
                if socket == nil { socket = try await next() }
                guard let socket, let message = try await socket.receive() else { return nil }
                do throws(Refusal) {
                    return try Self.value(of: message, limit: limit)
                } catch {
                    try await socket.close(error.code, error.problem.description)
                    throw error.problem
                }
            }
        }
    }

    private struct Refusal: Error {
        let code: UInt16
        let problem: Problem
    }

    private static func value<Value: Schema>(of message: WebSocketMessage, limit: Int) throws(Refusal) -> Value {
        guard case .text(let text) = message else {
            throw Refusal(code: 1003, problem: Problem(.unsupportedMediaType, "Send text messages of JSON."))
        }
        guard text.utf8.count <= limit else { throw Refusal(code: 1009, problem: .tooLarge(limit: limit)) }
        do throws(DecodingFailure) {
            return try JSON.decode(Value.self, from: Array(text.utf8))
        } catch {
            let isMalformed = if case .malformed = error { true } else { false }
            throw Refusal(code: isMalformed ? 1007 : 1008, problem: error.problem)
        }
    }
}
