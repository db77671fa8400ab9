import NIOCore

/// A connection to a server, which any thread may hold. What it does happens on its event loop.
struct AMQPConnection: Sendable {
    let loop: any EventLoop
    /// How long the server may take to reply.
    private static let limit = TimeAmount.seconds(15)
    private let handler: NIOLoopBound<AMQPConnectionHandler>

    init(_ handler: NIOLoopBound<AMQPConnectionHandler>, on loop: any EventLoop) { (self.handler, self.loop) = (handler, loop) }

    /// Calls a closure with the connection on the event loop.
    func onLoop(_ body: @escaping @Sendable (AMQPConnectionHandler) -> Void) {
        if loop.inEventLoop { body(handler.value) } else { loop.execute { [handler] in body(handler.value) } }
    }

    /// Calls a closure with the connection on the event loop, and waits for what it completes.
    /// - Throws: What the promise fails with.
    func value<Value: Sendable>(
        _ body: @escaping @Sendable (AMQPConnectionHandler, EventLoopPromise<Value>) -> Void
    ) async throws -> Value {
        let promise = loop.makePromise(of: Value.self)
        let limit = loop.scheduleTask(in: Self.limit) { promise.fail(AMQPError.unreachable("the server did not answer in time")) }
        defer { limit.cancel() }
        onLoop { body($0, promise) }
        return try await promise.futureResult.get()
    }

    /// Sends methods on a channel of their own, and waits for the replies to all of them. They are sent together.
    /// - Throws: An `AMQPError` if the server refuses one of them.
    func perform(_ methods: [AMQPCommand]) async throws {
        guard !methods.isEmpty else { return }
        try await value { (connection, done: EventLoopPromise<Void>) in
            let channel: AMQPChannel
            do { channel = try connection.openChannel() } catch { return done.fail(error) }
            let count = methods.count
            for (index, method) in methods.enumerated() {
                connection.call(method, on: channel) { reply in
                    if case .failure(let error) = reply { return done.fail(error) }
                    if index == count - 1 { connection.close(channel) { done.succeed() } }
                }
            }
        }
    }

    /// Closes the connection in order.
    func close() { onLoop { $0.close() } }
}
