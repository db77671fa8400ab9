import Roost
import RoostData

/// A flight with statements that the connection prepares.
///
/// It can wait for a place on a connection that others use too, and be sent a second time.
class PreparedFlight: Flight {
    /// Its place in the queue of those who wait for a connection.
    final var ticket: UInt64 = 0
    /// Whether it was sent a second time.
    final var isRepeated = false
    /// Whether its statements only read, so that they can be sent again if the connection is lost.
    final let onlyReads: Bool
    /// When it began to wait, the last time that it was sent.
    private(set) final var start: ContinuousClock.Instant
    /// The first row that could not be read.
    final var fault: (any Error)?

    /// - Parameter count: The number of statements.
    init(count: Int, id: UInt64, onlyReads: Bool, deadline: ContinuousClock.Instant?, start: ContinuousClock.Instant) {
        self.onlyReads = onlyReads
        self.start = start
        super.init(id: id, expected: count, weight: count, deadline: deadline)
    }

    /// Takes the shapes of its statements.
    /// - Parameter known: The shapes that are known.
    /// - Returns: The first statement whose shape is not known, or `nil` if the flight can be sent.
    func takeShapes(from known: inout LeastRecentlyUsed<String, StatementShape>) -> Statement? { nil }

    /// Writes its messages, without the end of the flight, to a connection.
    /// - Throws: A `DatabaseError` if a value does not fit.
    func write(to connection: PostgresConnection) throws(DatabaseError) {}

    override func reset() -> Bool {
        guard !isRepeated else { return false }
        isRepeated = true
        start = .now
        fault = nil
        return true
    }
}
