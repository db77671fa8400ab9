import Roost
import RoostData
import RoostSQLite
import Synchronization

/// The connection of a transaction. Other tasks run between its statements.
struct SimulatedSession: DatabaseSession {
    /// Uses the connection. The values that come out of it are the caller's.
    typealias Use = @Sendable ((SQLiteConnection) throws -> Void) throws -> Void

    private let process: SimulatedProcess
    private let connect: Use
    private let pending = Pending()

    init(_ process: SimulatedProcess, _ connect: @escaping Use) {
        self.process = process
        self.connect = connect
    }

    /// The channels to signal after the commit.
    var signals: Set<String> { pending.channels.withLock { $0 } }

    private final class Pending: Sendable {
        let channels = Mutex<Set<String>>([])
    }

    private func use<Value>(_ body: (SQLiteConnection) throws -> Value) async throws -> Value {
        await process.pass()
        var value: Value?
        try connect { value = try body($0) }
        guard let value else { throw DatabaseError(.closed, "the transaction is over") }
        return value
    }

    func run<Row: Sendable>(_ statement: Statement, _ decode: @escaping RowDecoder<Row>) async throws -> StatementResult<Row> {
        try await use { try $0.run(statement, decode) }
    }

    func run<Row: Sendable>(_ statements: [Statement], _ decode: @escaping RowDecoder<Row>) async throws -> [StatementResult<Row>] {
        try await use { connection in try statements.map { try connection.run($0, decode) } }
    }

    func run(script: String) async throws { try await use { try $0.run(script: script) } }

    func stream<Row: Sendable>(
        _ statement: Statement, fetchSize count: Int, _ decode: @escaping RowDecoder<Row>, _ body: ([Row]) async throws -> Void
    ) async throws {
        let cursor = try await use { try $0.openCursor(statement) }
        while true {
            let rows = try await use { try $0.next(count, of: cursor, decode) }
            if !rows.isEmpty { try await body(rows) }
            if rows.count < count { return }
        }
    }

    func savepoint(_ action: SavepointAction, named name: String) async throws { try await use { try $0.run(action, named: name) } }

    func signal(_ channel: String) async throws { _ = pending.channels.withLock { $0.insert(channel) } }
}
