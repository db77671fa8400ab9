import NIOCore
import Roost

/// One request in progress and its response. It is a class because copying it would cost more than the rest of the bookkeeping.
final class Exchange {
    /// The number of the exchange on its connection; over HTTP/2, the identifier of the stream.
    let number: Int
    let method: RequestMethod
    let path: String
    /// Whether the client uses HTTP/1.0 and not 1.1.
    let isOld: Bool
    let context: RequestContext
    /// The protocol of the request.
    let carrier: any CallProtocol
    /// Whether the client waits for an interim response before it sends the body (RFC 9110 §10.1.1).
    var awaitsContinue: Bool
    /// The pipe for the body, if it is streamed.
    var pipe: BodyPipe?
    var task: Task<Void, Never>?
    var deadline: Scheduled<Void>?
    /// Whether the deadline passed before the response was sent.
    var isOverdue = false
    /// How the response is sent, once it has begun.
    var plan: ResponsePlan?
    /// The WebSocket that the request asks for, if it asks to switch protocols.
    var handshake: WebSocketHandshake?
    /// Whether the response is an event stream, which has no end of its own.
    var isLive = false
    /// The number of bytes that are still to be sent of the announced length.
    var owed: Int?

    init(
        _ method: RequestMethod, _ path: String, number: Int, context: RequestContext, carrier: any CallProtocol = RESTProtocol(),
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

    /// Cancels the handler, because nobody waits for the response any more.
    func abandon() {
        task?.cancel()
        finish()
    }

    /// Ends the exchange, whether or not the response was sent.
    func finish() {
        deadline?.cancel()
        pipe?.finish(.failure(TransportError.connectionClosed))
    }

    /// Returns the response to an error of the handler. An error other than a `Problem` is logged and not revealed.
    func response(to error: any Error) -> Response {
        let problem = (error as? WireFault)?.problem ?? Problem(telling: error, of: "\(method) \(path)", in: context)
        return carrier.response(to: problem, path: path, in: context)
    }
}
