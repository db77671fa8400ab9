import Roost
import RoostHTTP

extension SpoolCapacity {
    /// The size to which pieces of a body are joined: 16 KiB.
    private static let piece = 16 << 10

    /// Returns a body after all of it has arrived, however slowly.
    /// - Parameters:
    ///   - body: The body.
    ///   - limit: The largest body, in bytes.
    ///   - client: The client whose share it uses.
    /// - Throws: A `Problem` with status 413 if the body exceeds the limit, or 503 if there is no space; the error of the body.
    func gathered(_ body: Body, upTo limit: Int, for client: ClientKey) async throws -> Body {
        guard case .stream(let pieces, let length) = body else { return body }
        if let length, length > limit { throw Problem.tooLarge(limit: limit) }
        let spool = Spool(in: self, for: client)
        var size = 0, gathered: [UInt8] = []
        for try await piece in pieces {
            size += piece.count
            guard size <= limit else { throw Problem.tooLarge(limit: limit) }
            // Even if the pieces are small, only a few are kept.
            gathered += piece
            guard gathered.count >= Self.piece else { continue }
            try await spool.add(gathered, isRead: false)
            gathered = []
        }
        try await spool.add(gathered, isRead: false)
        spool.finish()
        return .stream(SpooledBody(spool), length: size)
    }

    /// Returns a body that is read as fast as it is sent, and passed on as fast as it is received.
    /// - Parameters:
    ///   - pieces: The body.
    ///   - client: The client whose share it uses.
    ///   - holding: Released once the whole body has arrived.
    func relayed(_ pieces: some AsyncSequence<[UInt8], any Error> & Sendable, for client: ClientKey, holding: any Sendable) -> SpooledBody {
        let spool = Spool(in: self, for: client)
        let filling = Task {
            do {
                for try await piece in pieces { try await spool.add(piece, isRead: true) }
                spool.finish()
            } catch {
                spool.finish(.failure(error))
            }
            withExtendedLifetime(holding) {}
        }
        return SpooledBody(spool, filling: filling)
    }
}

/// A body in a spool. When its last copy is released, the unread rest is discarded.
struct SpooledBody: AsyncSequence, Sendable {
    fileprivate final class Reading: Sendable {
        let spool: Spool
        private let filling: Task<Void, Never>?

        init(_ spool: Spool, _ filling: Task<Void, Never>?) {
            self.spool = spool
            self.filling = filling
        }

        deinit {
            filling?.cancel()
            spool.abandon()
        }
    }

    private let reading: Reading

    init(_ spool: Spool, filling: Task<Void, Never>? = nil) { reading = Reading(spool, filling) }

    func makeAsyncIterator() -> Iterator { Iterator(reading: reading) }

    struct Iterator: AsyncIteratorProtocol {
        fileprivate let reading: Reading
        mutating func next() async throws -> [UInt8]? { try await reading.spool.next() }
    }
}
