import Roost
import RoostData

/// A flight with statements that the connection prepares.
class PreparedFlight: Flight {
    /// The first row that could not be read.
    final var fault: (any Error)?

    /// Takes the shapes of its statements.
    /// - Parameter known: The shapes that are known.
    /// - Returns: The first statement whose shape is not known, or `nil` if the flight can be sent.
    func takeShapes(from known: inout LeastRecentlyUsed<String, StatementShape>) -> Statement? { nil }

    /// Writes its messages, without the end of the flight, to a connection.
    /// - Throws: A `DatabaseError` if a value does not fit.
    func write(to connection: PostgresConnection) throws(DatabaseError) {}
}
