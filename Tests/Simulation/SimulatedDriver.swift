import Roost
import RoostData
import RoostSQLite
import Synchronization

/// SQLite for one process of a simulation: its connections are used on the simulation's thread, and wait for other processes as tasks.
public final class SimulatedDriver: DatabaseDriver {
    private struct Connections {
        let writer: SQLiteConnection
        /// Whether a transaction of this process has the right to write.
        var isWriting = false
    }

    /// The engine's SQL.
    public let dialect = Dialect.sqlite
    private let process: SimulatedProcess
    private let file: SimulatedFile
    private let connections: Mutex<Connections>
    private let idle = Mutex<[SimulatedReader]>([])

    /// Opens a file for a process.
    /// - Throws: An error if it cannot be opened.
    public init(_ file: SimulatedFile, for process: SimulatedProcess) throws {
        self.file = file
        self.process = process
        connections = Mutex(Connections(writer: try SQLiteConnection.open(SQLiteFile(file.location), for: .write)))
        process.onDeath { [weak self] in self?.die() }
    }

    /// Detects that a process has died.
    public var presence: (any DatabasePresence)? { file.presence(of: process) }

    /// Runs work in one transaction.
    public func transaction<Result: Sendable>(
        _ options: TransactionOptions, _ body: @Sendable (any DatabaseSession) async throws -> Result
    ) async throws -> Result {
        try Task.checkCancellation()
        await process.pass()
        if options.access == .read { return try await read(body) }
        try await begin()
        let session = SimulatedSession(process) { [self] body in try connections.withLock { try body($0.writer) } }
        let result: Result
        do {
            result = try await body(session)
            try Task.checkCancellation()
            // It may die before the commit.
            await process.pass()
            if file.fails() { throw DatabaseError(.storage, "the simulated disk is full") }
            try end(.commit)
        } catch {
            try? end(.rollBack)
            throw error
        }
        for channel in session.signals.sorted() { file.notifier(of: channel).notify() }
        // Or before it knows of the commit.
        await process.pass()
        return result
    }

    /// Runs one statement.
    public func run<Row: Sendable>(
        _ statement: Statement, for access: DatabaseAccess, _ decode: @escaping RowDecoder<Row>
    ) async throws -> StatementResult<Row> {
        try await transaction(access == .read ? .read : .write) { try await $0.run(statement, decode) }
    }

    /// Returns a stream with an element after each transaction of any process that signalled the channel.
    public func signals(_ channel: String) -> AsyncStream<Void> { file.notifier(of: channel).notifications() }

    /// Does nothing: the connections are closed with the program.
    public func close() async {}
}

extension SimulatedDriver {
    private func begin() async throws {
        try await file.take()
        // From here on, its death gives the right back.
        if process.isDead { file.release() } else { connections.withLock { $0.isWriting = true } }
        await process.pass()
        do {
            try connections.withLock { try $0.writer.run(.begin) }
        } catch {
            try? end(.rollBack)
            throw error
        }
    }

    private func end(_ end: ControlStatement) throws {
        let isWriting = try connections.withLock { connections in
            guard connections.isWriting else { return false }
            connections.writer.closeCursors()
            if connections.writer.isInTransaction { try connections.writer.run(end) }
            connections.isWriting = false
            return true
        }
        if isWriting { file.release() }
    }

    private func die() { try? end(.rollBack) }

    private func read<Result: Sendable>(_ body: @Sendable (any DatabaseSession) async throws -> Result) async throws -> Result {
        let reader = try idle.withLock({ $0.popLast() }) ?? SimulatedReader(file.location)
        try reader.use { try $0.run(.beginReading) }
        defer {
            try? reader.use { connection in
                connection.closeCursors()
                try connection.run(.commit)
            }
            idle.withLock { $0.append(reader) }
        }
        return try await body(SimulatedSession(process) { try reader.use($0) })
    }
}

/// A connection that reads.
final class SimulatedReader: Sendable {
    private let connection: Mutex<SQLiteConnection>

    init(_ location: SQLiteLocation) throws {
        connection = Mutex(try SQLiteConnection.open(SQLiteFile(location), for: .read))
    }

    func use<Value: Sendable>(_ body: (SQLiteConnection) throws -> Value) throws -> Value {
        try connection.withLock { try body($0) }
    }
}
