import Roost
import RoostHTTP

/// Limits how much of a shared resource each client can use at the same time. A client that has reached its limit waits for itself, and
/// does not block others.
struct ConcurrencyLimiter: Sendable {
    typealias Permit = FairSemaphore.Permit

    private let semaphore: FairSemaphore

    /// Creates a limiter.
    /// - Parameters:
    ///   - each: The largest number of permits of one client.
    ///   - all: The largest number of permits of all clients.
    ///   - waiting: The number of requests of a client that can wait.
    init(each: Int, all: Int = .max, waiting: Int = 0) {
        var limits = FairSemaphore.Limits()
        limits.permits = all
        limits.permitsPerClient = each
        limits.waitersPerClient = waiting
        semaphore = FairSemaphore(limits)
    }

    /// Returns a permit, and waits for one if necessary.
    /// - Throws: A `Problem` with status 429 if too many requests of the client are waiting, 503 if all permits are in use, or 504 after
    ///   the deadline; a `CancellationError`.
    func take(for client: ClientKey, by deadline: ContinuousClock.Instant? = nil) async throws -> Permit {
        do {
            return try await semaphore.permit(for: client, by: deadline, orThrow: Self.late)
        } catch let refusal as FairSemaphore.Refusal {
            switch refusal {
            case .client:
                throw Problem(.tooManyRequests, "Too many requests from this client are in progress.", headers: ["retry-after": "1"])
            case .all: throw Problem.unavailable("Too many streams are open.")
            }
        }
    }

    private static let late = Problem(.gatewayTimeout, "The request waited too long for its client's other requests.")
}

/// A body that holds a permit as long as it can be read.
struct PermitHoldingBody: AsyncSequence, Sendable {
    let pieces: MessageStream<[UInt8]>
    let permit: ConcurrencyLimiter.Permit

    func makeAsyncIterator() -> Iterator { Iterator(pieces: pieces.makeAsyncIterator(), permit: permit) }

    struct Iterator: AsyncIteratorProtocol {
        var pieces: MessageStream<[UInt8]>.AsyncIterator
        let permit: ConcurrencyLimiter.Permit

        mutating func next() async throws -> [UInt8]? { try await pieces.next() }
    }
}
