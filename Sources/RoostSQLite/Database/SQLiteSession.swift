import RoostData

/// The connection of a transaction in progress.
struct SQLiteSession: DatabaseSession {
    let unit: UnitOfWork

    func run(_ sql: SQL) async throws -> DatabaseResult { try await unit.use { try $0.run(sql) } }

    func run(script: String) async throws { try await unit.use { try $0.run(script: script) } }
}
