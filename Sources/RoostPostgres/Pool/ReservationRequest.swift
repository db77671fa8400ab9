import NIOCore
import RoostData

/// A caller who waits for a connection of its own.
final class ReservationRequest {
    let id: UInt64
    let ticket: UInt64
    let options: TransactionOptions
    let deadline: ContinuousClock.Instant
    let start: ContinuousClock.Instant
    private var done: ((Result<Lease, any Error>) -> Void)?

    /// - Parameter done: Takes the use of a connection, on the loop.
    init(
        id: UInt64, ticket: UInt64, options: TransactionOptions, start: ContinuousClock.Instant, deadline: ContinuousClock.Instant,
        done: @escaping (Result<Lease, any Error>) -> Void
    ) {
        self.id = id
        self.ticket = ticket
        self.options = options
        self.start = start
        self.deadline = deadline
        self.done = done
    }

    func grant(_ lease: Lease) { done.take()?(.success(lease)) }

    func refuse(_ error: any Error) { done.take()?(.failure(error)) }
}
