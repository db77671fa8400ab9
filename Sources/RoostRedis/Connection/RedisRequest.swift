import NIOCore

/// A command and what happens with its reply. It belongs to the event loop of its connection once it is submitted.
struct RedisRequest: Sendable {
    /// The command as it is sent.
    var bytes: ByteBuffer
    /// Whether the command may be sent again if the connection ends before the reply: whether it only reads.
    var isRepeatable = false
    /// When the reply must have arrived.
    var deadline = NIODeadline.distantFuture
    /// Called once, on the event loop.
    var done: @Sendable (Result<RESPValue, RedisError>) -> Void
}
