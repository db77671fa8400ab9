import NIOCore
import Roost

/// Secures the connections that a server accepts, as `RoostTLS` does with TLS.
public protocol ServerTransportSecurity: Sendable {
    /// Adds handlers to the pipeline of a connection that has just been accepted. They tell by NIO's `TLSUserEvent` which protocol was
    /// agreed: `h2` or `http/1.1` (RFC 7301).
    func secure(_ channel: any Channel) throws
}

/// Secures the connections that a client makes.
public protocol ClientTransportSecurity: Sendable {
    /// Adds handlers to the pipeline of a connection to be made.
    /// - Parameters:
    ///   - host: whom the server must prove to be.
    ///   - version: what the client speaks; a server that does not agree to it is refused (RFC 7301).
    func secure(_ channel: any Channel, to host: String, for version: HTTPVersion) throws
}
