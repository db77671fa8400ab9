import NIOCore
import Roost

/// Secures the connections that a server accepts, as `RoostTLS` does with TLS.
public protocol ServerTransportSecurity: Sendable {
    /// Adds handlers to the pipeline of a connection that was just accepted. They report the negotiated protocol, `h2` or `http/1.1` (RFC
    /// 7301), by NIO's `TLSUserEvent`.
    func secure(_ channel: any Channel) throws
}

/// Secures the connections that a client opens.
public protocol ClientTransportSecurity: Sendable {
    /// Adds handlers to the pipeline of a new connection.
    /// - Parameters:
    ///   - channel: The channel of the connection.
    ///   - host: The name that the server's certificate must be valid for.
    ///   - version: The version that the client uses. A server that does not agree to it is refused (RFC 7301).
    func secure(_ channel: any Channel, to host: String, for version: HTTPVersion) throws
}
