import NIOCore
import Roost

/// A connection that was switched to another protocol, for use from any task. It closes when its last reference is released.
final class UpgradedChannel: ByteChannel {
    private let handler: NIOLoopBound<ByteStreamHandler>
    private let incoming: BoundedChannel<[UInt8]>

    /// Creates the channel. Call this on the channel's event loop.
    init(_ channel: any Channel, _ handler: ByteStreamHandler) {
        self.handler = NIOLoopBound(handler, eventLoop: channel.eventLoop)
        incoming = handler.incoming
    }

    deinit { handler.run { $0.end() } }

    func read() async throws -> [UInt8]? {
        let bytes = try await incoming.next()
        handler.run { $0.resumeReading() }
        return bytes
    }

    func write(_ bytes: [UInt8]) async throws {
        try await withCheckedThrowingContinuation { writer in handler.run { $0.write(bytes, writer) } }
    }

    func end() async throws { handler.run { $0.end() } }
}
