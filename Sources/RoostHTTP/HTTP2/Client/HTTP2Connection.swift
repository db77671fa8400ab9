import NIOCore
import NIOPosix
import Roost
import Synchronization

/// A connection to an HTTP/2 server (RFC 9113), which it knows to be one: many requests at the same time, each a stream of it.
public final class HTTP2Connection: Sendable {
    /// What a connection puts up with.
    public struct Configuration: Sendable {
        /// How long it may take until the server has said what it allows: 5 s.
        public var connectTimeout = Duration.seconds(5)
        /// How long a server may be silent, while requests are under way, before it is asked whether it is there: 5 minutes. gRPC servers
        /// close connections that ask more often, unless they are told otherwise.
        public var keepaliveInterval = Duration.seconds(300)
        /// How long it may then take to answer: 20 s.
        public var keepaliveTimeout = Duration.seconds(20)
        /// How long a server may leave a call without an answer, and say nothing else on the connection either, before its silence counts
        /// against it: 10 s. A call that its caller gives up earlier tells nothing of the server.
        public var silence = Duration.seconds(10)
        /// How the connection is secured; `nil` for not at all.
        public var security: (any ClientTransportSecurity)?

        public init() {}
    }

    /// The server.
    public let address: HTTPAddress
    /// The event loop that the connection lives on. A call from a task on it needs no change of thread.
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

    /// Connects, and returns once the server has said what it allows.
    /// - Parameter loop: the event loop that the connection is to live on; `nil` for the caller's own or any.
    /// - Throws: a `Problem` with status 503 where there is no server, or none of HTTP/2.
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
            .connect(host: address.host, port: address.port)
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
            throw Problem.unavailable("\(address) cannot be reached by HTTP/2.")
        }
    }

    /// Requests under way, or waiting to be.
    public var activeStreams: Int { load.active.load(ordering: .relaxed) }

    /// The most requests that the server takes at the same time; more of them wait.
    public var maxStreams: Int { load.limit.load(ordering: .relaxed) }

    /// Whether new requests are taken: not once either side has begun to close.
    public var isUsable: Bool { load.isUsable.load(ordering: .acquiring) }

    /// Sends a request and returns once its response has come, or the head of one whose body is not there at once. The request's body
    /// may be a stream that goes on after that. The response's trailers are known once its body has ended.
    ///
    /// Where the task is cancelled, or the body is not read to its end, the server is told that the request is given up.
    /// - Parameter deadline: when the whole exchange must be over, the streamed body included.
    public func send(_ request: Request, deadline: ContinuousClock.Instant? = nil) async throws(ExchangeFailure) -> Response {
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
    /// - Parameter gracefully: whether requests under way may end first.
    public func close(gracefully: Bool = true) {
        load.isUsable.store(false, ordering: .releasing)
        onLoop { gracefully ? $0.drain() : $0.close() }
    }

    /// Does something when the connection has closed, on its event loop; at once if that was before.
    public func onClose(_ body: @escaping @Sendable () -> Void) { channel.closeFuture.whenComplete { _ in body() } }

    private func onLoop(_ body: @escaping @Sendable (HTTP2ClientConnection) -> Void) {
        let handler = handler
        if eventLoop.inEventLoop { body(handler.value) } else { eventLoop.execute { body(handler.value) } }
    }
}

/// A connection's load, as every thread may see it.
final class HTTP2ConnectionLoad: Sendable {
    let active = Atomic(0)
    let limit = Atomic(HTTP2ConnectionLoad.initialLimit)
    let isUsable = Atomic(true)

    /// What is assumed until the server has said (RFC 9113 §6.5.2: not below 100).
    static let initialLimit = 100
}

/// Names a call, and tells the connection that its caller has gone before it began.
final class HTTP2Call: Sendable {
    let isCancelled = Atomic(false)
}
