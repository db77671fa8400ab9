import RoostData

/// The connection of a transaction that writes.
struct WriteSession: DatabaseSession {
    let unit: UnitOfWork
    let writer: Writer
    let signals = PendingSignals()

    func run<Row: Sendable>(_ statement: Statement, _ decode: @escaping RowDecoder<Row>) async throws -> StatementResult<Row> {
        try await writer.use(unit) { try $0.run(statement, decode, in: unit) }
    }

    func run<Row: Sendable>(_ statements: [Statement], _ decode: @escaping RowDecoder<Row>) async throws -> [StatementResult<Row>] {
        try await writer.use(unit) { group in try statements.map { try group.run($0, decode, in: unit) } }
    }

    func run(script: String) async throws { try await writer.use(unit) { try $0.run(script: script, in: unit) } }

    func stream<Row: Sendable>(
        _ statement: Statement, fetchSize count: Int, _ decode: @escaping RowDecoder<Row>, _ body: ([Row]) async throws -> Void
    ) async throws {
        let cursor = try await writer.use(unit) { try $0.perform(in: unit) { try $0.openCursor(statement) } }
        do {
            while true {
                let rows = try await writer.use(unit) { try $0.perform(in: unit) { try $0.next(count, of: cursor, decode) } }
                if !rows.isEmpty { try await body(rows) }
                if rows.count < count { return }
            }
        } catch {
            // If the transaction is over, its cursors are closed.
            try? await writer.use(unit) { try $0.perform(in: unit, isLimited: false) { $0.close(cursor) } }
            throw error
        }
    }

    func savepoint(_ action: SavepointAction, named name: String) async throws {
        try await writer.use(unit) { try $0.run(action, named: name, in: unit) }
    }

    func signal(_ channel: String) async throws { signals.add(channel) }
}
