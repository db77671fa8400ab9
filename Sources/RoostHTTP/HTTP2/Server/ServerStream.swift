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
    /// Whether all of the response was handed over. The stream ends when it has gone.
    var isAnswered = false
    private var patience = Patience()

    init(_ exchange: Exchange, _ head: HTTP2RequestHead?) {
        self.exchange = exchange
        request = head?.request
        contentLength = head?.contentLength
        isMessages = head?.isMessages ?? false
    }

    /// Whether more than may come has come.
    func exceeds(_ limits: HTTPLimits) -> Bool { !isMessages && input.received > limits.bodySize }

    /// - Returns: the verdict on what is waited for, and on what the client does not take.
    func checkPatience(_ now: NIODeadline, _ limits: HTTPLimits) -> (reading: Patience.Verdict, writing: Patience.Verdict) {
        return (
            patience.observe(wait, generation: 0, received: input.received, now: now, limits: limits),
            patience.observeWriting(isPending: output.pending > 0, taken: output.written, now: now, limits: limits)
        )
    }

    private var wait: Patience.Wait {
        // Messages may be silent for long before they end; the connection's own life is looked after elsewhere.
        let mayPause = isMessages && contentLength == nil
        if !input.isComplete, !mayPause, request != nil || exchange.pipe?.size == 0 { return .body }
        return exchange.plan == nil && (input.isComplete || !mayPause) ? .handler : .nothing
    }

    /// The response to an error. A caller that sends messages reads the status' field alone (gRPC over HTTP2, "Responses"): what fails
    /// below the layer that knows of gRPC is mostly a deadline.
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
