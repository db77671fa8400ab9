import NIOCore
import Roost

/// One request under way on a connection, and its response. A class, because a copy of all this would cost more than the rest of
/// the bookkeeping.
final class Exchange {
    /// Names it on its connection; over HTTP/2 the stream's identifier.
    let number: Int
    let method: Method
    let path: String
    /// HTTP/1.0 rather than 1.1.
    let isOld: Bool
    let context: RequestContext
    /// The protocol that the request came by.
    let carrier: any CallProtocol
    /// Whether the client waits for word before it sends the body (RFC 9110 §10.1.1).
    var awaitsContinue: Bool
    /// Where the body goes, if it is streamed.
    var pipe: BodyPipe?
    var task: Task<Void, Never>?
    var deadline: Scheduled<Void>?
    /// Whether the deadline passed before the response had gone.
    var isOverdue = false
    /// How the response leaves, once it has begun.
    var plan: ResponsePlan?
    /// What the request says of the WebSocket that it asks for, where it asks for another protocol.
    var handshake: WebSocketHandshake?
    /// Whether the response is a stream of events, which has no end of its own accord.
    var isLive = false
    /// What a streamed response still owes of the length it announced.
    var owed: Int?

    init(
        _ method: Method, _ path: String, number: Int, context: RequestContext, carrier: any CallProtocol = RESTProtocol(),
        isOld: Bool = false,
        awaitsContinue: Bool = false
    ) {
        self.number = number
        self.carrier = carrier
        self.context = context
        self.method = method
        self.path = path
        self.isOld = isOld
        self.awaitsContinue = awaitsContinue
    }

    /// Nobody waits for a response any more: the handler is told.
    func giveUp() {
        task?.cancel()
        finish()
    }

    /// The response has gone, or never will.
    func finish() {
        deadline?.cancel()
        pipe?.finish(.failure(TransportError.connectionClosed))
    }

    /// The response to an error that the handler threw. What is no `Problem` is logged and not told.
    func response(to error: any Error) -> Response {
        let problem = (error as? WireFault)?.problem ?? Problem(telling: error, of: "\(method) \(path)", in: context)
        return carrier.response(to: problem, path: path, in: context)
    }
}
