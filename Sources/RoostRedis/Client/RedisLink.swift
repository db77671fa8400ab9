import NIOCore
import Roost
import Synchronization

/// A connection of one event loop that is opened when it is first needed, and again after it was lost.
final class RedisLink: Sendable {
    let loop: any EventLoop
    /// What is kept of the values that this connection reads, if anything may be.
    let cache: RedisCache?
    /// Requests of other threads, which one visit to the event loop collects.
    private let inbox = Mutex<[RedisRequest]>([])
    private let state: NIOLoopBoundBox<RedisLinkState>
    private let connector: RedisConnector
    private let onConnect: @Sendable (Result<RedisConnection, RedisError>) -> Void

    /// - Parameters:
    ///   - cache: What keeps values that this connection reads.
    ///   - hooks: What else happens with the connections, on the event loop.
    ///   - onConnect: Called with the outcome of each attempt to connect.
    init(
        _ connector: RedisConnector, on loop: any EventLoop, cache: RedisCache? = nil, hooks: RedisLinkHooks = RedisLinkHooks(),
        onConnect: @escaping @Sendable (Result<RedisConnection, RedisError>) -> Void
    ) {
        self.loop = loop
        self.cache = cache
        var hooks = hooks
        if let cache {
            let timeout = TimeAmount(connector.url.timeout)
            hooks.onOpen = { cache.begin(on: $0, by: .now() + timeout) }
            hooks.onPush = { cache.receive($0) }
            hooks.onLoss = { cache.clear() }
        }
        self.connector = connector
        self.onConnect = onConnect
        state = NIOLoopBoundBox.makeBoxSendingValue(RedisLinkState(hooks), eventLoop: loop)
    }

    /// Sends a request: at once, or once a connection is open.
    func submit(_ request: RedisRequest) {
        if loop.inEventLoop { return perform { $0.take(request) } }
        let isFirst = inbox.withLock { inbox in
            inbox.append(request)
            return inbox.count == 1
        }
        guard isFirst else { return }
        loop.execute { [self] in
            var requests: [RedisRequest] = []
            inbox.withLock { swap(&requests, &$0) }
            for request in requests { perform { $0.take(request) } }
        }
    }

    /// Sends a command, and returns its reply.
    /// - Parameters:
    ///   - isRepeatable: Whether the command only reads.
    ///   - replies: The number of replies, of which the last one is returned.
    ///   - marker: The text of the last reply, if only it tells where the replies end.
    ///   - inspect: Called with the reply on the event loop, before anything that arrives later is read.
    func send(
        _ command: RESPCommand, isRepeatable: Bool = false, replies: Int = 1, marker: String? = nil,
        inspect: (@Sendable (RESPValue) -> Void)? = nil
    ) async throws(RedisError) -> RESPValue {
        let result = await withCheckedContinuation { continuation in
            var request = RedisRequest(bytes: command.bytes, deadline: deadline) { result in
                if let inspect, case .success(let value) = result { inspect(value) }
                continuation.resume(returning: result)
            }
            (request.isRepeatable, request.replies, request.marker) = (isRepeatable, replies, marker)
            submit(request)
        }
        return try result.get()
    }

    /// When a request that is sent now must be answered.
    var deadline: NIODeadline { .now() + TimeAmount(connector.url.timeout) }

    /// Calls a closure with the connection on the event loop, if one is open.
    func withOpen(_ body: @escaping @Sendable (RedisChannelHandler) -> Void) {
        onLoop { link in link.state.value.open.map(body) }
    }

    /// Opens the connection, and keeps it open from then on: it is opened again whenever it is lost.
    func keepOpen() {
        onLoop { link in link.perform { $0.keepOpen() } }
    }

    /// Adds the connection that was opened first.
    func adopt(_ connection: RedisConnection) {
        onLoop { $0.connected(.success(connection)) }
    }

    /// Waits for the replies to the commands that were sent, and closes the connection.
    func close() async {
        let ended = loop.makePromise(of: Void.self)
        onLoop { link in link.perform { $0.close(by: .now() + TimeAmount(link.connector.url.timeout), ended) } }
        try? await ended.futureResult.get()
    }

    private func onLoop(_ body: @escaping @Sendable (RedisLink) -> Void) {
        if loop.inEventLoop { body(self) } else { loop.execute { body(self) } }
    }

    /// Changes the state, and does what follows from the change.
    private func perform(_ change: (RedisLinkState) -> RedisLinkState.Step) {
        switch change(state.value) {
        case .none: break
        case .connect: connect()
        case .connectLater(let pause):
            loop.scheduleTask(in: TimeAmount(pause)) { [weak self] in self?.perform { $0.connectAgain() } }
        }
    }

    private func connect() {
        Task { [self] in
            let result: Result<RedisConnection, RedisError>
            do {
                result = .success(try await connector.connect(on: loop))
            } catch {
                result = .failure(error as? RedisError ?? .unreachable("\(error)"))
            }
            onConnect(result)
            onLoop { $0.connected(result) }
        }
    }

    private func connected(_ result: Result<RedisConnection, RedisError>) {
        switch result {
        case .failure(let error): perform { $0.failed(error) }
        case .success(let connection):
            let handler = connection.handler.value
            guard handler.isOpen else { return perform { $0.failed(.unreachable("the server closed the connection")) } }
            handler.onEnd = { [weak self] end in self?.perform { $0.lost(end) } }
            perform { $0.opened(handler) }
        }
    }
}

/// What happens with the connections of a link besides requests and replies. The closures are called on the event loop.
struct RedisLinkHooks: Sendable {
    /// Called before the first request on a new connection.
    var onOpen: @Sendable (RedisChannelHandler) -> Void = { _ in }
    /// Called with what the server sends on its own account.
    var onPush: @Sendable ([RESPValue]) -> Void = { _ in }
    /// Called after a connection was lost.
    var onLoss: @Sendable () -> Void = {}
}
