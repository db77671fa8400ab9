import Roost
import Synchronization

/// Carries a body's pieces from the connection that receives them to the task that reads them. The connection stops reading
/// while the pipe is full, so that a slow reader slows its peer down.
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

    /// A pipe with this many bytes in it is full.
    static let capacity = 64 << 10
    /// Pieces that wait are joined up to this many bytes.
    private static let joined = 4096

    /// - Parameters:
    ///   - onDemand: told, on the reader's thread, when the pipe has room.
    ///   - onAbandon: told, on the reader's thread, when nobody will read on.
    init(onDemand: @escaping @Sendable () -> Void, onAbandon: @escaping @Sendable () -> Void = {}) {
        self.onDemand = onDemand
        self.onAbandon = onAbandon
    }

    /// Whether the connection may bring more.
    var hasRoom: Bool { size < Self.capacity }

    /// Bytes that are in the pipe and not taken.
    var size: Int { state.withLock { $0.size } }

    func push(_ piece: [UInt8]) {
        let waiter = state.withLock { state -> Waiter? in
            guard state.end == nil, !state.isAbandoned else { return nil }
            if let waiter = state.waiter.take() { return waiter }
            // Small pieces are joined: one of a byte would cost many times that.
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

    /// Ends the body: well, or with the error that the reader gets after what had come before.
    func finish(_ end: Result<Void, any Error> = .success(())) {
        let waiter = state.withLock { state -> Waiter? in
            guard state.end == nil else { return nil }
            state.end = end
            return state.waiter.take()
        }
        waiter?.resume(with: end.map { nil })
    }

    /// The next piece, or `nil` at the end.
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

    /// Tells the connection that what is still to come will not be read.
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
        // The cancellation may have come before there was anyone to tell.
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

/// A body as it arrives. When the last copy of it goes, what was not read is given up.
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
