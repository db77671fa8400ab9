import NIOCore

/// A caller who waits for a connection of its own.
final class ReservationRequest {
    let id: UInt64
    let ticket: UInt64
    let deadline: ContinuousClock.Instant
    let start: ContinuousClock.Instant
    private var caller: UnsafeContinuation<NIOLoopBound<PostgresConnection>, any Error>?

    init(
        id: UInt64, ticket: UInt64, start: ContinuousClock.Instant, deadline: ContinuousClock.Instant,
        caller: UnsafeContinuation<NIOLoopBound<PostgresConnection>, any Error>
    ) {
        self.id = id
        self.ticket = ticket
        self.start = start
        self.deadline = deadline
        self.caller = caller
    }

    func grant(_ connection: PostgresConnection) {
        caller.take()?.resume(returning: NIOLoopBound(connection, eventLoop: connection.loop))
    }

    func refuse(_ error: any Error) { caller.take()?.resume(throwing: error) }
}
