import NIOCore

/// A command, or several that are sent together, and what happens with the reply. It belongs to the event loop of its connection once it is submitted.
struct RedisRequest: Sendable {
    /// The command as it is sent.
    var bytes: ByteBuffer
    /// The number of replies. The last one counts, or the first one that is an error.
    var replies = 1
    /// The text of the last reply, if only it tells where the replies end.
    var marker: String?
    /// Whether the command may be sent again if the connection ends before the reply: whether it only reads.
    var isRepeatable = false
    /// When the reply must have arrived.
    var deadline = NIODeadline.distantFuture
    /// Called once, on the event loop.
    var done: @Sendable (Result<RESPValue, RedisError>) -> Void
}
