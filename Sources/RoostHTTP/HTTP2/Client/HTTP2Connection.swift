import NIOCore
import NIOPosix
import Roost
import Synchronization

/// A client's connection to a server that is known to support HTTP/2 (RFC 9113). It carries many requests at the same time, each on a
/// stream of its own.
public final class HTTP2Connection: Sendable {
    /// The time limits and the security of a connection.
    public struct Configuration: Sendable {
        /// How long it may take to connect and to receive the server's settings. The default is 5 seconds.
        public var connectTimeout = Duration.seconds(5)
        /// How long the server may be silent while requests are in progress before it is pinged. The default is 5 minutes. By default, gRPC
        /// servers close connections that ping more often.
        public var keepaliveInterval = Duration.seconds(300)
        /// How long the server may take to answer a ping. The default is 20 seconds.
        public var keepaliveTimeout = Duration.seconds(20)
        /// How long a call has to have been waiting, without anything else received on the connection, for its timeout to count as the
        /// server's fault. The default is 10 seconds. A call with a shorter timeout says nothing about the server.
        public var silence = Duration.seconds(10)
        /// How the connection is secured, or `nil` for plain text.
        public var security: (any ClientTransportSecurity)?

        /// Creates the default configuration.
        public init() {}
    }

    /// The address of the server.
    public let address: HTTPAddress
    /// The event loop of the connection. A call from a task on this loop needs no change of thread.
    public let eventLoop: any EventLoop
    private let channel: any Channel
    private let handler: NIOLoopBound<HTTP2ClientConnection>
    private let load: HTTP2ConnectionLoad

    private init(
        _ address: HTTPAddress, _ channel: any Channel, _ handler: NIOLoopBound<HTTP2ClientConnection>, _ load: HTTP2ConnectionLoad
    ) {
        self.address = address
        self.channel = channel
        self.handler = handler
        self.load = load
        eventLoop = channel.eventLoop
    }

    deinit { close() }

    /// Connects to a server, and returns once its settings have been received.
    /// - Parameters:
    ///   - address: Where the server listens.
    ///   - configuration: The time limits and the security of the connection.
    ///   - loop: The event loop of the connection, or `nil` for the caller's own or any other.
    /// - Throws: A `Problem` with status 503 if the server cannot be reached or does not support HTTP/2.
    public static func open(
        to address: HTTPAddress, _ configuration: Configuration = Configuration(), on loop: (any EventLoop)? = nil
    ) async throws -> HTTP2Connection {
        let load = HTTP2ConnectionLoad()
        let loop = loop ?? MultiThreadedEventLoopGroup.singleton.any()
        let ready = loop.makePromise(of: Void.self)
        let connecting = ClientBootstrap(group: loop)
            .connectTimeout(TimeAmount(configuration.connectTimeout))
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try configuration.security?.secure(channel, to: address.host, for: .http2)
                    let handler = HTTP2ClientConnection(address, configuration, loop: channel.eventLoop, load: load, ready: ready)
                    try handler.add(to: channel)
                }
            }
            .connect(to: address)
        connecting.whenFailure { ready.fail($0) }
        let limit = loop.scheduleTask(in: TimeAmount(configuration.connectTimeout)) { ready.fail(ChannelError.connectTimeout(.zero)) }
        do {
            let channel = try await connecting.get()
            do {
                try await ready.futureResult.get()
            } catch {
                channel.close(promise: nil)
                throw error
            }
            limit.cancel()
            let handler = try await channel.eventLoop.submit {
                NIOLoopBound(try channel.pipeline.syncOperations.handler(type: HTTP2ClientConnection.self), eventLoop: channel.eventLoop)
            }.get()
            return HTTP2Connection(address, channel, handler, load)
        } catch {
            limit.cancel()
            throw Problem.unavailable("\(address) cannot be reached over HTTP/2.")
        }
    }

    /// The number of requests in progress or waiting.
    public var activeStreams: Int { load.active.load(ordering: .relaxed) }

    /// The largest number of requests that the server accepts at the same time. Further requests wait.
    public var maxStreams: Int { load.limit.load(ordering: .relaxed) }

    /// Whether new requests are accepted, which ends when either side begins to close the connection.
    public var isUsable: Bool { load.isUsable.load(ordering: .acquiring) }

    /// Sends a request, and returns when the response has arrived, or its head if the body takes longer. A streamed request body may
    /// continue after that. The trailers of the response are known when its body has ended.
    ///
    /// If the task is cancelled, or the body of the response is not read to its end, the server is told that the request is cancelled.
    /// - Parameters:
    ///   - request: The request.
    ///   - deadline: When the whole exchange, including streamed bodies, must be complete.
    /// - Throws: An `TransportError`, which says how far the exchange had come.
    public func send(_ request: Request, deadline: ContinuousClock.Instant? = nil) async throws(TransportError) -> Response {
        let call = HTTP2Call()
        load.active.add(1, ordering: .relaxed)
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { answer in
                onLoop { $0.begin(request, call, deadline, answer) }
            }
        } onCancel: {
            call.isCancelled.store(true, ordering: .relaxed)
            onLoop { $0.cancel(call) }
        }
        return try result.get()
    }

    /// Closes the connection.
    /// - Parameter gracefully: Whether requests in progress are completed first.
    public func close(gracefully: Bool = true) {
        load.isUsable.store(false, ordering: .releasing)
        onLoop { gracefully ? $0.drain() : $0.close() }
    }

    /// Runs a closure on the event loop when the connection has closed, immediately if it is closed already.
    public func onClose(_ body: @escaping @Sendable () -> Void) { channel.closeFuture.whenComplete { _ in body() } }

    private func onLoop(_ body: @escaping @Sendable (HTTP2ClientConnection) -> Void) {
        let handler = handler
        if eventLoop.inEventLoop { body(handler.value) } else { eventLoop.execute { body(handler.value) } }
    }
}

/// The load of a connection, which any thread may read.
final class HTTP2ConnectionLoad: Sendable {
    let active = Atomic(0)
    let limit = Atomic(HTTP2ConnectionLoad.initialLimit)
    let isUsable = Atomic(true)

    /// The limit that is assumed until the server's settings arrive (RFC 9113 §6.5.2 recommends at least 100).
    static let initialLimit = 100
}

/// Identifies a call, and tells the connection if it was cancelled before it began.
final class HTTP2Call: Sendable {
    let isCancelled = Atomic(false)
}
