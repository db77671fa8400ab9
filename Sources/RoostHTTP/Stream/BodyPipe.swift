import Roost
import Synchronization

/// Passes a body from the connection that receives it to the task that reads it. The connection stops reading while the pipe is full, so
/// that a slow reader slows down its peer.
final class BodyPipe: Sendable {
    private typealias Waiter = CheckedContinuation<[UInt8]?, any Error>

    private struct State {
        var pieces: ArraySlice<[UInt8]> = []
        var size = 0
        var waiter: Waiter?
        var end: Result<Void, any Error>?
        var isAbandoned = false
    }

    private let state = Mutex(State())
    private let onDemand: @Sendable () -> Void
    private let onAbandon: @Sendable () -> Void

    /// The number of bytes from which on the pipe is full.
    static let capacity = 64 << 10
    /// Buffered pieces are joined up to this size in bytes.
    private static let joined = 4096

    /// - Parameters:
    ///   - onDemand: Called on the reader's thread when the pipe has room.
    ///   - onAbandon: Called on the reader's thread when the rest of the body will not be read.
    init(onDemand: @escaping @Sendable () -> Void, onAbandon: @escaping @Sendable () -> Void = {}) {
        self.onDemand = onDemand
        self.onAbandon = onAbandon
    }

    /// Whether the connection should read more.
    var hasRoom: Bool { size < Self.capacity }

    /// The number of buffered bytes.
    var size: Int { state.withLock { $0.size } }

    func push(_ piece: [UInt8]) {
        let waiter = state.withLock { state -> Waiter? in
            guard state.end == nil, !state.isAbandoned else { return nil }
            if let waiter = state.waiter.take() { return waiter }
            // Small pieces are joined, because each one has an overhead of many bytes.
            if let last = state.pieces.indices.last, state.pieces[last].count + piece.count <= Self.joined {
                state.pieces[last] += piece
            } else {
                state.pieces.append(piece)
            }
            state.size += piece.count
            return nil
        }
        waiter?.resume(returning: piece)
    }

    /// Ends the body. The reader first gets the buffered pieces, and then the end or the error.
    func finish(_ end: Result<Void, any Error> = .success(())) {
        let waiter = state.withLock { state -> Waiter? in
            guard state.end == nil else { return nil }
            state.end = end
            return state.waiter.take()
        }
        waiter?.resume(with: end.map { nil })
    }

    /// Returns the next piece, or `nil` at the end.
    func next() async throws -> [UInt8]? {
        if let ready = state.withLock({ Self.takeReady(&$0) }) {
            onDemand()
            return try ready.get()
        }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { wait($0) }
        } onCancel: {
            state.withLock { $0.waiter.take() }?.resume(throwing: CancellationError())
        }
    }

    /// Tells the connection that the rest of the body will not be read.
    func abandon() {
        let isLive = state.withLock { state in
            state.isAbandoned = true
            state.pieces = []
            state.size = 0
            return state.end == nil
        }
        if isLive { onAbandon() }
    }

    private func wait(_ waiter: Waiter) {
        let ready = state.withLock { state -> Result<[UInt8]?, any Error>? in
            if let ready = Self.takeReady(&state) { return ready }
            if state.waiter != nil { return .failure(CancellationError()) }
            state.waiter = waiter
            return nil
        }
        if let ready { waiter.resume(with: ready) }
        // The task may have been cancelled before the waiter was stored.
        if Task.isCancelled { state.withLock { $0.waiter.take() }?.resume(throwing: CancellationError()) }
        onDemand()
    }

    private static func takeReady(_ state: inout State) -> Result<[UInt8]?, any Error>? {
        if let piece = state.pieces.popFirst() {
            state.size -= piece.count
            return .success(piece)
        }
        return state.end?.map { nil }
    }
}

/// A body that is still being received. When its last copy is released, the rest is discarded.
struct IncomingBody: AsyncSequence, Sendable {
    fileprivate final class Reading: Sendable {
        let pipe: BodyPipe
        init(_ pipe: BodyPipe) { self.pipe = pipe }
        deinit { pipe.abandon() }
    }

    private let reading: Reading

    init(_ pipe: BodyPipe) { reading = Reading(pipe) }

    func makeAsyncIterator() -> Iterator { Iterator(reading: reading) }

    struct Iterator: AsyncIteratorProtocol {
        fileprivate let reading: Reading
        mutating func next() async throws -> [UInt8]? { try await reading.pipe.next() }
    }
}
