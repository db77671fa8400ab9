import NIOCore

/// An open connection to a server, which any thread may hold. What it does happens on its event loop.
struct RedisConnection: Sendable {
    let loop: any EventLoop
    let handler: NIOLoopBound<RedisChannelHandler>
    /// The time of the server when the connection was opened, and the time of this process then.
    var clock = RedisClock()

    /// Sends a command, and returns its reply.
    /// - Throws: A `RedisError`.
    func send(_ command: RESPCommand, within timeout: Duration) async throws -> RESPValue {
        let reply = loop.makePromise(of: RESPValue.self)
        let deadline = NIODeadline.now() + TimeAmount(timeout)
        loop.execute { [handler] in
            handler.value.send(
                RedisRequest(bytes: command.bytes, deadline: deadline) { reply.completeWith($0.mapError { $0 as any Error }) })
        }
        return try await reply.futureResult.get()
    }

    func close(_ reason: String) {
        loop.execute { [handler] in handler.value.close(reason) }
    }
}

/// The time of a server, by which its keys expire. It goes by the clock of this process that is never set.
struct RedisClock: Sendable {
    private var offset = Duration.zero
    private static let start = ContinuousClock.now

    private static var uptime: Duration { start.duration(to: .now) }

    /// Sets the clock to what the server says that the time is, since 1970.
    init(_ time: Duration = .zero) { offset = time - Self.uptime }

    /// The time, in milliseconds since 1970.
    var now: Int64 {
        let (seconds, attoseconds) = (Self.uptime + offset).components
        return seconds * 1000 + attoseconds / 1_000_000_000_000_000
    }
}
