import NIOCore
import Roost
import Synchronization

/// A connection that was switched to another protocol, for use from any task. It closes when its last reference is released.
final class UpgradedChannel: ByteChannel {
    private let handler: NIOLoopBound<ByteStreamHandler>
    private let tickets = Atomic<Int>(0)

    /// Creates the channel. Call this on the channel's event loop.
    init(_ channel: any Channel, _ handler: ByteStreamHandler) {
        self.handler = NIOLoopBound(handler, eventLoop: channel.eventLoop)
    }

    deinit { handler.run { $0.end() } }

    func read() async throws -> [UInt8]? {
        let ticket = tickets.wrappingAdd(1, ordering: .relaxed).newValue
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { reader in handler.run { $0.take(reader, ticket) } }
        } onCancel: {
            handler.run { $0.cancelRead(ticket) }
        }
    }

    func write(_ bytes: [UInt8]) async throws {
        try await withCheckedThrowingContinuation { writer in handler.run { $0.write(bytes, writer) } }
    }

    func end() async throws { handler.run { $0.end() } }
}
