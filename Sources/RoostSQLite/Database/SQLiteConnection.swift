import Foundation
import GRDB
import GRDBSQLite
import Roost
import RoostData
import Synchronization

/// One SQLite connection, used by one thread (`ConnectionThread`), which it blocks.
struct SQLiteConnection: Sendable {
    private let queue: DatabaseQueue
    private let access: DatabaseAccess
    private let file: SQLiteFile
    let state = State()

    final class State: Sendable {
        /// The texts of the prepared statements.
        let texts = Mutex<Set<String>>([])
        let isChangingSchema = Atomic(false)
    }

    /// The largest number of prepared statements.
    private static let preparedLimit = 256

    /// Opens a connection. If several processes open a file for the first time, SQLite may refuse all but one of them without asking the
    /// busy handler, so they try again (https://www.sqlite.org/wal.html, "Sometimes Queries Return SQLITE_BUSY In WAL Mode").
    init(_ file: SQLiteFile, for access: DatabaseAccess) throws {
        self.file = file
        self.access = access
        let configuration = Self.configuration(file, for: access), end = ContinuousClock.now + SQLiteDriver.timeout
        while true {
            do {
                queue = try DatabaseQueue(path: file.location.path, configuration: configuration)
                return
            } catch let error as GRDB.DatabaseError where error.resultCode == .SQLITE_BUSY && ContinuousClock.now < end {
                Thread.sleep(forTimeInterval: .random(in: 0.005...0.025))
            } catch {
                throw Self.translated(error)
            }
        }
    }

    /// A connection that cannot be closed is closed when the process ends.
    func close() { try? queue.close() }

    private static func configuration(_ file: SQLiteFile, for access: DatabaseAccess) -> GRDB.Configuration {
        var configuration = GRDB.Configuration()
        configuration.allowsUnsafeTransactions = true
        configuration.busyMode = .callback(access == .write ? file.log.waits : WriteAheadLog.waitsForOthers)
        configuration.prepareDatabase { database in
            try WriteAheadLog.prepare(database)
            if access == .write { try WriteAheadLog.turnOn(database) }
            try database.execute(sql: "PRAGMA synchronous = \(file.location.durability.rawValue)")
            if access == .read { try database.execute(sql: "PRAGMA query_only = 1") }
        }
        return configuration
    }
}

extension SQLiteConnection {
    func begin(_ options: TransactionOptions) throws {
        try inTurn { database in
            if options.changesSchema { return try beginSchemaChange(on: database) }
            try Self.run(access == .write ? "BEGIN IMMEDIATE" : "BEGIN DEFERRED", on: database)
        }
    }

    /// Runs a frequent statement without arguments, which is prepared once.
    private static func run(_ text: String, on database: GRDB.Database) throws {
        try database.cachedStatement(sql: text).execute()
    }

    func commit() throws {
        try inTransaction { database in
            defer { if !database.isInsideTransaction { endTurn(database) } }
            if state.isChangingSchema.load(ordering: .relaxed) { try checkForeignKeys(in: database) }
            try Self.run("COMMIT", on: database)
            try endSchemaChange(on: database)
        }
    }

    func rollback() throws {
        // The engine may have ended the transaction.
        try onQueue { database in
            defer { if !database.isInsideTransaction { endTurn(database) } }
            if database.isInsideTransaction { try Self.run("ROLLBACK", on: database) }
            try endSchemaChange(on: database)
        }
    }

    /// Runs a statement in the current transaction.
    func run<Row: Sendable>(_ statement: RoostData.Statement, _ decode: RowDecoder<Row>) throws -> StatementResult<Row> {
        try inTransaction { try perform(statement, on: $0, decode) }
    }

    /// Runs the statements of a text in the current transaction.
    func run(script: String) throws { try inTransaction { try $0.execute(sql: script) } }

    /// Runs a statement as a transaction of its own.
    func runAlone<Row: Sendable>(_ statement: RoostData.Statement, _ decode: RowDecoder<Row>) throws -> StatementResult<Row> {
        try inTurn { try perform(statement, on: $0, decode) }
    }

    private func onQueue<Result>(_ body: (GRDB.Database) throws -> Result) throws -> Result {
        do {
            // Nothing else uses the queue, so this thread runs the body.
            return try queue.writeWithoutTransaction(body)
        } catch {
            throw Self.translated(error)
        }
    }

    /// Runs work in the current transaction.
    /// - Throws: A `DatabaseError` if the engine has ended the transaction, as it does when the disk is full, because the rest of the body
    ///   must not run outside it.
    private func inTransaction<Result>(_ body: (GRDB.Database) throws -> Result) throws -> Result {
        try onQueue { database in
            guard database.isInsideTransaction else { throw DatabaseError(.storage, "the engine has ended the transaction") }
            return try body(database)
        }
    }

    /// Runs work that begins a transaction, or is one, once this process may write.
    private func inTurn<Result>(_ body: (GRDB.Database) throws -> Result) throws -> Result {
        try onQueue { database in
            if access == .write {
                guard file.lock.take(while: WriteAheadLog.waitsForOthers) else { throw Problem.unavailable("The database is busy.") }
            }
            defer { if !database.isInsideTransaction { endTurn(database) } }
            return try body(database)
        }
    }

    private func endTurn(_ database: GRDB.Database) {
        guard access == .write else { return }
        file.log.shorten(database)
        file.lock.release()
    }
}

extension SQLiteConnection {
    private func perform<Row: Sendable>(
        _ statement: RoostData.Statement, on database: GRDB.Database, _ decode: RowDecoder<Row>
    ) throws -> StatementResult<Row> {
        guard !statement.bindings.contains(where: \.hasNullCharacter) else {
            throw DatabaseError(.text, "a text contains the character U+0000, where the engine would cut it off")
        }
        makeRoom(for: statement.text, in: database)
        let prepared = try database.cachedStatement(sql: statement.text)
        // For values of one type, GRDB makes a key path each time, which takes longer than a simple statement.
        let arguments: [(any DatabaseValueConvertible)?] = statement.bindings.map { $0.databaseValue }
        try prepared.setArguments(StatementArguments(arguments))
        let before = database.totalChangesCount
        guard prepared.columnCount > 0 else {
            try prepared.execute()
            return StatementResult(changes: database.totalChangesCount - before)
        }
        var rows: [Row] = [], source: SQLiteRow?
        let cursor = try GRDB.Row.fetchCursor(prepared)
        while try cursor.next() != nil {
            let row = source ?? SQLiteRow(prepared.sqliteStatement)
            source = row
            row.begin()
            var reader = RowReader(row)
            rows.append(try decode(&reader))
        }
        return StatementResult(rows: rows, changes: database.totalChangesCount - before)
    }
}

extension SQLiteConnection {
    /// Discards the prepared statements if there are too many, so that texts which are not used again take no memory.
    private func makeRoom(for text: String, in database: GRDB.Database) {
        let isFull = state.texts.withLock { texts in
            guard texts.insert(text).inserted, texts.count > Self.preparedLimit else { return false }
            texts = [text]
            return true
        }
        if isFull { database.clearSchemaCache() }
    }
}
