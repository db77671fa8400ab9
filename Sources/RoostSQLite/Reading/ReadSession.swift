import Roost
import RoostData

/// The connection of a transaction that reads.
struct ReadSession: DatabaseSession {
    let connection: ReaderConnection
    let transaction: UInt64
    let signals = PendingSignals()

    func run<Row: Sendable>(_ statement: Statement, _ decode: @escaping RowDecoder<Row>) async throws -> StatementResult<Row> {
        try await connection.run(statement, in: transaction, decode)
    }

    func run<Row: Sendable>(_ statements: [Statement], _ decode: @escaping RowDecoder<Row>) async throws -> [StatementResult<Row>] {
        try await connection.use(in: transaction) { connection in try statements.map { try connection.run($0, decode) } }
    }

    func run(script: String) async throws { try await connection.use(in: transaction) { try $0.run(script: script) } }

    func stream<Row: Sendable>(
        _ statement: Statement, fetchSize count: Int, _ decode: @escaping RowDecoder<Row>, _ body: ([Row]) async throws -> Void
    ) async throws {
        let cursor = try await connection.use(in: transaction) { try $0.openCursor(statement) }
        do {
            while true {
                let rows = try await connection.use(in: transaction) { try $0.next(count, of: cursor, decode) }
                if !rows.isEmpty { try await body(rows) }
                if rows.count < count { return }
            }
        } catch {
            // If the transaction is over, its cursors are closed.
            try? await connection.use(in: transaction) { $0.close(cursor) }
            throw error
        }
    }

    func savepoint(_ action: SavepointAction, named name: String) async throws {
        try await connection.use(in: transaction) { try $0.run(action, named: name) }
    }

    func signal(_ channel: String) async throws { signals.add(channel) }
}
