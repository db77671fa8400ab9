import NIOCore
import Roost
import RoostData

/// A connection that belongs to no pool.
extension NIOLoopBound where Value == PostgresConnection {
    /// Runs a statement, and returns its first row.
    func first<Row: Sendable>(_ statement: Statement, _ decode: @escaping RowDecoder<Row>) async throws -> Row? {
        try await withUnsafeThrowingContinuation { (caller: UnsafeContinuation<StatementResult<Row>, any Error>) in
            eventLoop.execute {
                let connection = value
                let flight = RowsFlight(statement, decode: decode, caller: caller)
                guard connection.isOpen else { return flight.end(with: Problem.connectionLost(cause: nil)) }
                connection.describe(
                    statement.text, statement.bindings.map(ParameterEncoder.declaredType),
                    DescribeFlight(statement.text) { shape in
                        switch shape {
                        case .success(let shape): connection.send(flight, shape)
                        case .failure(let error): flight.end(with: error)
                        }
                    })
            }
        }.rows.first
    }

    /// Runs statements of trusted text.
    func run(script: String) async throws {
        try await withUnsafeThrowingContinuation { (caller: UnsafeContinuation<Void, any Error>) in
            eventLoop.execute {
                let flight = ScriptFlight { error in
                    if let error { caller.resume(throwing: error) } else { caller.resume() }
                }
                guard value.isOpen else { return flight.end(with: Problem.connectionLost(cause: nil)) }
                value.send(script: script, flight)
            }
        }
    }

    /// Ends the connection, and returns when it is gone.
    func leave() async {
        await withUnsafeContinuation { (caller: UnsafeContinuation<Void, Never>) in
            eventLoop.execute { value.terminate { caller.resume() } }
        }
    }
}
