import NIOCore
import Roost

/// One stream of a server's connection: a request and its response.
final class ServerStream {
    let exchange: Exchange
    /// The request, until its handler starts.
    var request: Request?
    let contentLength: Int?
    let isMessages: Bool
    var input = StreamInput()
    var output = StreamOutput()
    /// Whether the whole response was submitted. The stream ends when it has been written.
    var isAnswered = false
    private var patience = Patience()

    init(_ exchange: Exchange, _ head: HTTP2RequestHead?) {
        self.exchange = exchange
        request = head?.request
        contentLength = head?.contentLength
        isMessages = head?.isMessages ?? false
    }

    /// Returns whether the body is larger than allowed.
    func exceeds(_ limits: HTTPLimits) -> Bool { !isMessages && input.received > limits.bodySize }

    /// Checks the time limits of the stream.
    /// - Returns: The verdict on what the server waits for, and on a client that does not receive.
    func checkPatience(_ now: NIODeadline, _ limits: HTTPLimits) -> (reading: Patience.Verdict, writing: Patience.Verdict) {
        return (
            patience.observe(wait, generation: 0, received: input.received, now: now, limits: limits),
            patience.observeWriting(isPending: output.pending > 0, taken: output.written, now: now, limits: limits)
        )
    }

    private var wait: Patience.Wait {
        // A stream of messages may pause for long. The keepalive detects a dead connection.
        let mayPause = isMessages && contentLength == nil
        if !input.isComplete, !mayPause, request != nil || exchange.pipe?.size == 0 { return .body }
        return exchange.plan == nil && (input.isComplete || !mayPause) ? .handler : .nothing
    }

    /// Returns the response to an error. A gRPC caller reads only the gRPC status (gRPC over HTTP2, "Responses"). Errors that occur below
    /// the gRPC layer are mostly exceeded deadlines.
    func failure(_ error: any Error) -> Response {
        let response = exchange.response(to: error)
        guard isMessages else { return response }
        let code =
            switch response.status {
            case .gatewayTimeout, .requestTimeout: "4"
            case .contentTooLarge: "8"
            case .unavailable: "14"
            default: "13"
            }
        return Response(headers: ["content-type": "application/grpc", "grpc-status": code, "grpc-message": response.status.reason])
    }
}
