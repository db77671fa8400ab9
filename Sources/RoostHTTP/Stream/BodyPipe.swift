import Roost

/// Passes a body, in pieces, from the connection that receives it to the task that reads it. The connection stops reading while the pipe is
/// full, so that a slow reader slows down its peer.
typealias BodyPipe = BoundedChannel<[UInt8]>

extension BodyPipe {
    /// The number of bytes from which on a pipe is full.
    static var capacity: Int { 64 << 10 }
    /// Pieces are joined up to this size in bytes.
    private static var joined: Int { 4096 }

    /// Creates a pipe.
    /// - Parameters:
    ///   - onDemand: Called on the reader's thread when the pipe has room.
    ///   - onCancel: Called when the rest of the body will not be read, on the thread that cancels.
    convenience init(onDemand: @escaping @Sendable () -> Void, onCancel: (@Sendable () -> Void)? = nil) {
        self.init(capacity: Self.capacity, onDemand: onDemand, onCancel: onCancel)
    }

    /// Adds a piece, even if the pipe is full.
    func push(_ piece: [UInt8]) { send(piece, joiningUpTo: Self.joined) }
}

/// A body that is still being received. When its last copy is released, the rest is discarded.
struct IncomingBody: AsyncSequence, Sendable {
    fileprivate final class Reading: Sendable {
        let pipe: BodyPipe
        init(_ pipe: BodyPipe) { self.pipe = pipe }
        deinit { pipe.cancel() }
    }

    private let reading: Reading

    init(_ pipe: BodyPipe) { reading = Reading(pipe) }

    func makeAsyncIterator() -> Iterator { Iterator(reading: reading) }

    struct Iterator: AsyncIteratorProtocol {
        fileprivate let reading: Reading
        mutating func next() async throws -> [UInt8]? { try await reading.pipe.next() }
    }
}
