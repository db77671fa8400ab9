package import NIOCore
import NIOPosix
import NIOSSL
package import Roost

/// Opens the connections of a driver to its servers: over TCP, with TLS if it is asked for.
package struct ServerConnector: Sendable {
    /// A connection that could not be made.
    package struct Failure: Error {
        /// The reason, for a log line or the error of a start.
        package let reason: String
    }

    private let tls: NIOSSLContext?
    /// How long it may take to connect, and then to shake hands.
    private let timeout: TimeAmount

    /// Whether connections are secured with TLS.
    package var isSecured: Bool { tls != nil }

    /// Creates a connector.
    /// - Parameters:
    ///   - isSecured: Whether to secure connections with TLS.
    ///   - trustRoots: The path of a PEM file with the trusted root certificates; `nil` for those of the system.
    ///   - purpose: What the servers are for, such as `the store`, for errors.
    ///   - timeout: How long it may take to connect, and then to shake hands.
    /// - Throws: A `ConfigurationError` if the root certificates cannot be used.
    package init(
        isSecured: Bool, trustRoots: String?, for purpose: String, timeout: TimeAmount = .seconds(5)
    ) throws(ConfigurationError) {
        self.timeout = timeout
        guard isSecured else {
            tls = nil
            return
        }
        var configuration = TLSConfiguration.makeClientConfiguration()
        do {
            if let trustRoots { configuration.trustRoots = .certificates(try NIOSSLCertificate.fromPEMFile(trustRoots)) }
            tls = try NIOSSLContext(configuration: configuration)
        } catch {
            throw ConfigurationError("The trusted root certificates of \(purpose) cannot be used: \(error)")
        }
    }

    /// Opens a connection, and waits until its handler has shaken hands.
    /// - Parameters:
    ///   - address: The server.
    ///   - loop: The event loop of the connection.
    ///   - handler: Creates the handler, which completes the promise.
    /// - Returns: The handler.
    /// - Throws: What the handler fails the promise with; a `Failure` if there is no connection, or no handshake in time.
    package func connect<Handler: ChannelInboundHandler>(
        to address: ServerAddress, on loop: any EventLoop,
        handler: @escaping @Sendable (any EventLoop, EventLoopPromise<Void>) -> Handler
    ) async throws -> NIOLoopBound<Handler> {
        let ready = loop.makePromise(of: Void.self), tls = tls
        let connecting = ClientBootstrap(group: loop)
            .connectTimeout(timeout)
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .channelOption(.socketOption(.so_keepalive), value: 1)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let tls { try channel.pipeline.syncOperations.addHandler(Self.security(tls, to: address.host)) }
                    try channel.pipeline.syncOperations.addHandler(handler(channel.eventLoop, ready))
                }
            }
            .connect(host: address.host, port: address.port)
        connecting.whenFailure { _ in ready.fail(Failure(reason: "the connection was not established")) }
        let limit = loop.scheduleTask(in: timeout) { ready.fail(Failure(reason: "\(address) did not shake hands in time")) }
        defer { limit.cancel() }
        let channel: any Channel
        do {
            channel = try await connecting.get()
        } catch {
            throw Failure(reason: "\(address) cannot be reached: \(Self.reason(of: error))")
        }
        do {
            try await ready.futureResult.get()
            return try await loop.submit {
                NIOLoopBound(try channel.pipeline.syncOperations.handler(type: Handler.self), eventLoop: loop)
            }.get()
        } catch {
            channel.close(promise: nil)
            throw error
        }
    }

    private static func security(_ context: NIOSSLContext, to host: String) throws -> NIOSSLClientHandler {
        // An IP address cannot be sent as a server name (RFC 6066 §3). The certificate is then checked against the address.
        let isAddress = (try? SocketAddress(ipAddress: host, port: 0)) != nil
        return try NIOSSLClientHandler(context: context, serverHostname: isAddress ? nil : host)
    }

    private static func reason(of error: any Error) -> String {
        guard let error = error as? NIOConnectionError else { return "\(error)" }
        if let failure = error.connectionErrors.first { return "\(failure.error)" }
        return "the name cannot be resolved"
    }
}
