import NIOHTTP2
import Roost

extension TransportError {
    /// - Parameter code: the code of the frame that ended the exchange.
    init(_ progress: Progress, _ cause: any Error, code: HTTP2ErrorCode, isCalleesFault: Bool = false) {
        self.init(progress, cause, frameCode: UInt32(http2ErrorCode: code), isCalleesFault: isCalleesFault)
    }

    /// - Parameter fault: What was wrong with the server's response, if that is why this side closed the connection.
    static func closed(_ progress: Progress, _ address: HTTPAddress, by fault: (any Error)? = nil) -> TransportError {
        let how = fault.map { "is not understood (\($0))" } ?? "closed the connection"
        let cause =
            progress == .answered
            ? Problem(.badGateway, "\(address) \(how) in the middle of its response.")
            : Problem.unavailable("\(address) \(how) before it answered.")
        return TransportError(progress, cause, isCalleesFault: true)
    }
}

extension TransportError {
    /// The other side closed the connection while something was being read or sent.
    static let connectionClosed = TransportError(.connectionClosed, "The connection was closed.")
    /// A streamed body does not have the announced length.
    static let wrongLength = TransportError(
        .invalidContent, "The body does not have the length that was announced.", failureKind: .permanent)

    /// A handler answered with a status that ends no exchange (RFC 9110 §15).
    static func invalid(_ status: Status) -> TransportError {
        TransportError(
            .invalidContent, "A handler answered with \(status.code), which is not the status of a response.", failureKind: .permanent)
    }
}

extension Error {
    /// Whether the other side has gone.
    package var isConnectionClosed: Bool { (self as? TransportError)?.code == .connectionClosed }
}
