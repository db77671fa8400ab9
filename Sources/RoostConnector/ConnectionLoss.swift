import NIOSSL

/// Why a connection was lost, as its handler caught it.
package struct ConnectionLoss: Sendable {
    /// The reason, for a log line or the error of a start.
    package let reason: String
    /// Whether the server's certificate is refused, which another attempt does not change.
    package let isRefusal: Bool

    /// Describes an error of a channel.
    package init(_ error: any Error) {
        let text = "\(error)"
        switch error {
        case NIOSSLError.uncleanShutdown: (reason, isRefusal) = ("the server closed the connection", false)
        case let error as NIOSSLExtraError where error == .failedToValidateHostname:
            (reason, isRefusal) = ("the TLS handshake failed: the certificate is for another host", true)
        case is NIOSSLError where text.contains("CERTIFICATE_VERIFY_FAILED"):
            (reason, isRefusal) = ("the TLS handshake failed: the certificate is not trusted", true)
        case is NIOSSLError: (reason, isRefusal) = ("the TLS handshake failed: \(text)", false)
        default: (reason, isRefusal) = (text, false)
        }
    }
}
