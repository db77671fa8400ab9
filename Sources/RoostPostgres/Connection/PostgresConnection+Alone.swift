import NIOCore
import Roost
import RoostData

/// A connection that belongs to no pool. If it does not answer in time, it is closed, because nobody knows what it still does.
extension NIOLoopBound where Value == PostgresConnection {
    /// How long such a connection may take to answer, unless the caller knows better.
    static var patience: Duration { .seconds(5) }

    /// Runs a statement, and returns its first row.
    /// - Parameter patience: How long it may take.
    func first<Row: Sendable>(
        _ statement: Statement, within patience: Duration = patience, _ decode: @escaping RowDecoder<Row>
    ) async throws -> Row? {
        try await withUnsafeThrowingContinuation { (caller: UnsafeContinuation<StatementResult<Row>, any Error>) in
            eventLoop.execute {
                let connection = value
                let flight = RowsFlight(statement, decode: decode, caller: caller)
                guard connection.isOpen else { return flight.end(with: Problem.connectionLost(cause: nil)) }
                connection.close(unless: flight, endsWithin: patience)
                connection.describe(
                    statement.text, statement.bindings.map(ParameterEncoder.declaredType),
                    DescribeFlight(statement.text) { shape in
                        switch shape {
                        case .success(let shape):
                            flight.shape = shape
                            do { try connection.send(flight) } catch { flight.end(with: error) }
                        case .failure(let error): flight.end(with: error)
                        }
                    })
            }
        }.rows.first
    }

    /// Runs statements of trusted text.
    /// - Parameter patience: How long they may take.
    func run(script: String, within patience: Duration = patience) async throws {
        try await withUnsafeThrowingContinuation { (caller: UnsafeContinuation<Void, any Error>) in
            eventLoop.execute {
                let flight = ScriptFlight { caller.resume(with: $0) }
                guard value.isOpen else { return flight.end(with: Problem.connectionLost(cause: nil)) }
                value.close(unless: flight, endsWithin: patience)
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

extension PostgresConnection {
    fileprivate func close(unless flight: Flight, endsWithin patience: Duration) {
        loop.assumeIsolated().scheduleTask(in: TimeAmount(patience)) { if !flight.isAbandoned { self.close(HandshakeFailure.timeout) } }
    }
}
