import NIOCore
import Roost

/// One stream of a server's connection: a request and its response.
final class ServerStream {
    let exchange: Exchange
    /// The request, until its handler starts.
    var request: Request?
    let contentLength: Int?
    var input = StreamInput()
    var output = StreamOutput()
    /// Whether the whole response was submitted. The stream ends when it has been written.
    var isAnswered = false
    private var timeouts = ConnectionTimeouts()

    init(_ exchange: Exchange, _ head: HTTP2RequestHead?) {
        self.exchange = exchange
        contentLength = head?.contentLength
    }

    /// Returns whether the body is larger than allowed.
    func exceeds(_ limits: HTTPLimits) -> Bool { !exchange.carrier.traits.contains(.messages) && input.received > limits.bodySize }

    /// Checks the time limits of the stream.
    /// - Returns: The verdict on what the server waits for, and on a client that does not receive.
    func checkTimeouts(_ now: NIODeadline, _ limits: HTTPLimits) -> (
        reading: ConnectionTimeouts.Verdict, writing: ConnectionTimeouts.Verdict
    ) {
        return (
            timeouts.observe(wait, generation: 0, received: input.received, now: now, limits: limits),
            timeouts.observeWriting(isPending: output.pending > 0, taken: output.written, now: now, limits: limits)
        )
    }

    private var wait: ConnectionTimeouts.Wait {
        // A stream of messages may pause for long. The keepalive detects a dead connection.
        let mayPause = exchange.carrier.traits.contains(.messages) && contentLength == nil
        if !input.isComplete, !mayPause, request != nil || exchange.pipe?.size == 0 { return .body }
        return exchange.plan == nil && (input.isComplete || !mayPause) ? .handler : .nothing
    }
}
