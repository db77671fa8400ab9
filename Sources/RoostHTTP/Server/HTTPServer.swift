import Logging
import NIOCore
import NIOPosix
import Roost
public import ServiceLifecycle

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// An HTTP server for HTTP/1.1 (RFC 9112) and, on the same port, HTTP/2 (RFC 9113). Each request is handled by a task on the event loop of
/// its connection. A handler that blocks or computes for long must leave it, for example with
/// `withTaskExecutorPreference(globalConcurrentExecutor)`.
public struct HTTPServer: Sendable {
    /// The address, the limits and the protocols of a server.
    public struct Configuration: Sendable {
        /// The address or name to listen on.
        public var host: String
        /// The TCP port; 0 lets the system choose one.
        public var port: Int
        /// Whether other servers of the same user that also set this may listen on the same port. The operating system then distributes the
        /// connections over them (socket(7), `SO_REUSEPORT`).
        public var sharesPort = false
        /// The number of event loops of its own; `nil` for those that the process shares, one for each core.
        public var threads: Int?
        /// The limits on what clients send, and on time.
        public var limits: HTTPLimits
        /// Who calls: anyone by default.
        public var callers: Callers
        /// How connections are secured; `nil` for plain TCP.
        public var security: (any ServerTransportSecurity)?
        /// The shape of errors over REST.
        public var errors: any ErrorDocument.Type = ProblemDocument.self
        /// The protocols in addition to REST.
        public var protocols: [any CallProtocol] = []
        /// The middleware of every request, which runs before protocols handle it, outermost first.
        public var middleware: [any Middleware] = []
        /// How long requests in progress may take after the server is asked to stop.
        public var grace: Duration

        /// Creates a configuration.
        /// - Parameters:
        ///   - host: The address or name to listen on.
        ///   - port: The TCP port; 0 lets the system choose one.
        ///   - threads: The number of event loops; `nil` for those that the process shares.
        ///   - limits: The limits on what clients send, and on time.
        ///   - callers: Who calls.
        ///   - security: How connections are secured; `nil` for plain TCP.
        public init(
            host: String = "127.0.0.1", port: Int = 8080, threads: Int? = nil, limits: HTTPLimits = HTTPLimits(),
            callers: Callers = .anyone, security: (any ServerTransportSecurity)? = nil, grace: Duration = .seconds(10)
        ) {
            self.host = host
            self.port = port
            self.threads = threads
            self.limits = limits
            self.callers = callers
            self.security = security
            self.grace = grace
        }
    }

    /// The port that the server listens on.
    public let port: Int
    private let listener: any Channel
    let loops: [NIOLoopBound<ServerLoop>]
    private let gauge: ConnectionGauge
    private let ownGroup: MultiThreadedEventLoopGroup?
    private let grace: Duration

    /// Starts a server and returns once it accepts connections.
    /// - Throws: A `TransportError` if the server cannot listen there.
    public static func start(
        _ configuration: Configuration = Configuration(), logger: Logger = RequestContext.defaultLogger,
        responder: @escaping Responder
    ) async throws -> HTTPServer {
        var configuration = configuration
        configuration.limits = configuration.limits.fitting(descriptors: Descriptors.raiseLimit())
        let ownGroup = configuration.threads.map { MultiThreadedEventLoopGroup(numberOfThreads: max(1, $0)) }
        let group = ownGroup ?? .singleton
        let gauge = ConnectionGauge()
        let responder = configuration.carrying(responder)
        var loops: [NIOLoopBound<ServerLoop>] = []
        for loop in group.makeIterator() {
            let home = loop.submit { [configuration] in
                let home = ServerLoop(loop, configuration, logger: logger, gauge: gauge, responder: responder)
                return NIOLoopBound(home, eventLoop: loop)
            }
            loops.append(try await home.get())
        }
        do {
            let listener = try await listen(configuration, group, loops)
            return HTTPServer(
                port: listener.localAddress?.port ?? configuration.port, listener: listener, loops: loops, gauge: gauge,
                ownGroup: ownGroup, grace: configuration.grace)
        } catch {
            await release(loops, ownGroup)
            throw TransportError(listeningOn: configuration.host, configuration.port, error).map { $0 as any Error } ?? error
        }
    }

    /// Stops accepting connections, closes idle ones, and lets the requests in progress end, whose responses have `connection: close`.
    /// - Parameter grace: How long they may take before they are aborted.
    public func stop(within grace: Duration = .seconds(10)) async {
        try? await listener.close().get()
        for home in loops { home.onLoop { $0.stop() } }
        let cut = listener.eventLoop.scheduleTask(in: TimeAmount(grace)) { [loops] in
            for home in loops { home.onLoop { $0.cut() } }
        }
        await gauge.waitUntilEmpty()
        cut.cancel()
        await Self.release(loops, ownGroup)
    }

    /// Whether no connection is open.
    var isEmpty: Bool { gauge.isEmpty }

    private static func listen(
        _ configuration: Configuration, _ group: MultiThreadedEventLoopGroup, _ loops: [NIOLoopBound<ServerLoop>]
    ) async throws -> any Channel {
        let homes = Dictionary(uniqueKeysWithValues: loops.map { (ObjectIdentifier($0.eventLoop), $0) })
        return try await ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 1024)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .serverChannelOption(.socketOption(NIOBSDSocket.Option(rawValue: SO_REUSEPORT)), value: configuration.sharesPort ? 1 : 0)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    guard let home = homes[ObjectIdentifier(channel.eventLoop)] else { throw ChannelError.eof }
                    try configuration.security?.secure(channel)
                    try channel.pipeline.syncOperations.addHandler(ServerConnection(home: home.value))
                }
            }
            .bind(host: configuration.host, port: configuration.port).get()
    }

    private static func release(_ loops: [NIOLoopBound<ServerLoop>], _ group: MultiThreadedEventLoopGroup?) async {
        for home in loops { home.onLoop { $0.stopTicking() } }
        try? await group?.shutdownGracefully()
    }
}

extension HTTPServer: Service {
    /// Serves until the service is asked to stop, and then stops within the configured grace.
    ///
    /// The server accepts requests from `start` on; this is its role in a `ServiceGroup`.
    public func run() async throws {
        try? await gracefulShutdown()
        await withTaskCancellationHandler {
            await stop(within: grace)
        } onCancel: {
            for home in loops { home.onLoop { $0.cut() } }
        }
    }
}

extension NIOLoopBound<ServerLoop> {
    /// Runs a closure with the value on the loop that it belongs to.
    func onLoop(_ body: @escaping @Sendable (ServerLoop) -> Void) {
        eventLoop.execute { body(value) }
    }
}

extension HTTPServer.Configuration {
    /// Returns the responder behind the middleware and the protocols.
    func carrying(_ responder: @escaping Responder) -> Responder {
        guard !protocols.isEmpty else { return middleware.around(responder) }
        return middleware.around { request, context in
            guard let carrier = request.carrier else { return try await responder(request, context) }
            return try await carrier.respond(to: request, in: context, next: responder)
        }
    }
}
