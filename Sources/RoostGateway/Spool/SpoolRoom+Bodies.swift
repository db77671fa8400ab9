import Roost
import RoostHTTP

extension SpoolRoom {
    /// The bytes of a body that are kept together: 16 KiB.
    private static let piece = 16 << 10

    /// A body that has come whole, however slowly it came.
    /// - Parameter limit: the most bytes that it may have.
    /// - Throws: a `Problem`: 413 where there is more than `limit`, 503 where there is no room; whatever the body throws.
    func gathered(_ body: Body, upTo limit: Int, for client: ClientKey) async throws -> Body {
        guard case .stream(let pieces, let length) = body else { return body }
        if let length, length > limit { throw Problem.tooLarge(limit: limit) }
        let spool = Spool(in: self, for: client)
        var size = 0, gathered: [UInt8] = []
        for try await piece in pieces {
            size += piece.count
            guard size <= limit else { throw Problem.tooLarge(limit: limit) }
            // However small the pieces come, few are kept.
            gathered += piece
            guard gathered.count >= Self.piece else { continue }
            try await spool.add(gathered, isRead: false)
            gathered = []
        }
        try await spool.add(gathered, isRead: false)
        spool.finish()
        return .stream(SpooledBody(spool), length: size)
    }

    /// A body that is taken from where it comes as fast as that sends it, and given on as fast as its reader takes it.
    /// - Parameter holding: what is let go of once all of it has come.
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

/// A body that a spool keeps. When the last copy of it goes, what was not read is given up.
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
