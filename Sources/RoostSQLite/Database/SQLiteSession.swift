import RoostData

/// The connection of a transaction in progress.
struct SQLiteSession: DatabaseSession {
    let unit: UnitOfWork
    let signals = PendingSignals()

    func run<Row: Sendable>(_ statement: Statement, _ decode: @escaping RowDecoder<Row>) async throws -> StatementResult<Row> {
        try await unit.use { try $0.run(statement, decode) }
    }

    func run(batch: [Statement]) async throws -> [Int] {
        try await unit.use { connection in try batch.map { try connection.run($0) { _ in }.changes } }
    }

    func run(script: String) async throws { try await unit.use { try $0.run(script: script) } }

    func stream<Row: Sendable>(
        _ statement: Statement, portionsOf count: Int, _ decode: @escaping RowDecoder<Row>, _ body: ([Row]) async throws -> Void
    ) async throws {
        let rows = try await run(statement, decode).rows
        var start = 0
        while start < rows.count {
            let end = min(start + count, rows.count)
            try await body(Array(rows[start..<end]))
            start = end
        }
    }

    func savepoint(_ action: SavepointAction, named name: String) async throws {
        let text =
            switch action {
            case .set: "SAVEPOINT \(name)"
            case .release: "RELEASE \(name)"
            case .rollBack: "ROLLBACK TO \(name); RELEASE \(name)"
            }
        try await run(script: text)
    }

    func signal(_ channel: String) async throws { signals.add(channel) }
}
