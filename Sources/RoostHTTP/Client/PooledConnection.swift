import NIOCore
import Roost
import Synchronization

/// A connection of a pool, for use from outside its event loop.
final class PooledConnection: Sendable {
    let address: HTTPAddress
    let loop: any EventLoop
    private let channel: any Channel
    private let handler: NIOLoopBound<ClientConnection>
    private let uses = Atomic<Int>(0)

    init(_ address: HTTPAddress, _ channel: any Channel, _ handler: NIOLoopBound<ClientConnection>) {
        self.address = address
        self.channel = channel
        self.handler = handler
        loop = channel.eventLoop
    }

    /// Whether it has been used for another request before.
    var isReused: Bool { uses.load(ordering: .relaxed) > 0 }

    var isOpen: Bool { channel.isActive }

    func close() { channel.close(promise: nil) }

    /// Sends a request, and waits for its response.
    /// - Parameter asksForUpgrade: Whether the request asks to switch protocols.
    func exchange(_ request: Request, _ timing: ExchangeTiming, asksForUpgrade: Bool = false) async throws(TransportError) -> Response {
        let number = uses.wrappingAdd(1, ordering: .relaxed).newValue
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                guard !Task.isCancelled else { return onLoop { $0.giveUp(continuation) } }
                onLoop { $0.begin(request, number: number, timing, asksForUpgrade: asksForUpgrade, answer: continuation) }
                // If the cancellation came before it began, nothing else ends it.
                if Task.isCancelled { onLoop { $0.cancel(number) } }
            }
        } onCancel: {
            onLoop { $0.cancel(number) }
        }
        return try result.get()
    }

    /// Lets a handler take over the connection, after the server has switched to another protocol.
    func handOver<Result: Sendable>(
        _ add: @escaping @Sendable (any Channel, ClientConnection, ChannelPipeline.SynchronousOperations) throws -> Result
    ) async throws -> Result {
        let (channel, handler) = (channel, handler)
        return try await loop.submit { try handler.value.handOver { try add(channel, handler.value, $0) } }.get()
    }

    private func onLoop(_ body: @escaping @Sendable (ClientConnection) -> Void) {
        let handler = handler
        if loop.inEventLoop { body(handler.value) } else { loop.execute { body(handler.value) } }
    }
}
