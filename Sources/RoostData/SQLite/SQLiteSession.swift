import Dispatch
import Foundation
import GRDB
import GRDBSQLite
import Roost
import Synchronization

/// One SQLite connection. Its work runs on a dispatch queue of its own, off the event loops and the cooperative pool.
struct SQLiteSession: Sendable {
    private let queue: DatabaseQueue
    private let access: DatabaseAccess
    private let file: SQLiteFile
    private let state = State()

    private final class State: Sendable {
        /// The texts of the statements that are prepared.
        let texts = Mutex<Set<String>>([])
        let isChangingSchema = Atomic(false)
    }

    /// The most statements that stay prepared.
    private static let preparedLimit = 256

    /// Opens a connection. Where several processes open one file for the first time, SQLite may refuse all but one at once, without
    /// asking the busy handler: they try again (https://www.sqlite.org/wal.html, "Sometimes Queries Return SQLITE_BUSY In WAL Mode").
    static func open(_ file: SQLiteFile, for access: DatabaseAccess) async throws -> SQLiteSession {
        let end = ContinuousClock.now + SQLiteDriver.patience
        while true {
            do {
                return try await openOnce(file, for: access)
            } catch let error as GRDB.DatabaseError where error.resultCode == .SQLITE_BUSY && ContinuousClock.now < end {
                try await Task.sleep(for: .milliseconds(Int.random(in: 5...25)))
            } catch {
                throw translated(error)
            }
        }
    }

    private static func openOnce(_ file: SQLiteFile, for access: DatabaseAccess) async throws -> SQLiteSession {
        try await withCheckedThrowingContinuation { continuation in
            DispatchQueue.global().async {
                continuation.resume(
                    with: Result {
                        let queue = try DatabaseQueue(path: file.location.path, configuration: configuration(file, for: access))
                        return SQLiteSession(queue: queue, access: access, file: file)
                    })
            }
        }
    }

    func run(_ command: DatabaseCommand) async throws -> DatabaseResult {
        try await withCheckedThrowingContinuation { continuation in
            queue.asyncWriteWithoutTransaction { database in
                continuation.resume(with: Result { try perform(command, on: database) }.mapError(Self.translated))
            }
        }
    }

    func close() async {
        await withCheckedContinuation { continuation in
            DispatchQueue.global().async {
                // A connection that cannot close is closed by the end of the process.
                try? queue.close()
                continuation.resume()
            }
        }
    }

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

    private func perform(_ command: DatabaseCommand, on database: GRDB.Database) throws -> DatabaseResult {
        let ends = if case .rollback = command { !database.isInsideTransaction } else { false }
        guard access == .write, !ends else { return try performInTurn(command, on: database) }
        if !database.isInsideTransaction {
            guard file.lock.take(while: WriteAheadLog.waitsForOthers) else { throw Problem.unavailable("The database is busy.") }
        }
        defer {
            if !database.isInsideTransaction {
                file.log.shorten(database)
                file.lock.release()
            }
        }
        return try performInTurn(command, on: database)
    }

    private func performInTurn(_ command: DatabaseCommand, on database: GRDB.Database) throws -> DatabaseResult {
        switch command {
        case .begin: try database.execute(sql: access == .write ? "BEGIN IMMEDIATE" : "BEGIN DEFERRED")
        case .beginSchemaChange: try beginSchemaChange(on: database)
        case .commit:
            if state.isChangingSchema.load(ordering: .relaxed) { try checkForeignKeys(in: database) }
            try database.execute(sql: "COMMIT")
            try endSchemaChange(on: database)
        case .rollback:
            if database.isInsideTransaction { try database.execute(sql: "ROLLBACK") }
            try endSchemaChange(on: database)
        case .script(let text): try database.execute(sql: text)
        case .statement(let sql): return try perform(sql, on: database)
        }
        return DatabaseResult()
    }

    private func perform(_ sql: SQL, on database: GRDB.Database) throws -> DatabaseResult {
        let (text, bindings) = sql.rendered(listSize: Self.listSize) { _ in "?" }
        guard !bindings.contains(where: \.hasNullCharacter) else {
            throw DatabaseError(.text, "a text has the character U+0000, at which the engine would end it")
        }
        makeRoom(for: text, in: database)
        let statement = try database.cachedStatement(sql: text)
        try statement.setArguments(StatementArguments(bindings.map(\.databaseValue)))
        let before = database.totalChangesCount
        guard statement.columnCount > 0 else {
            try statement.execute()
            return DatabaseResult(changes: database.totalChangesCount - before)
        }
        var columns: [String] = [], rows: [Row] = []
        let cursor = try GRDB.Row.fetchCursor(statement)
        while try cursor.next() != nil {
            // Only now: where another process has changed the table, the first step prepares the statement anew, maybe of other columns
            // than GRDB remembers (https://www.sqlite.org/c3ref/prepare.html).
            if rows.isEmpty { columns = Self.columns(of: statement) }
            rows.append(Row(columns: columns, values: Self.values(of: statement, columns.count)))
        }
        return DatabaseResult(rows: rows, changes: database.totalChangesCount - before)
    }

    private static func columns(of statement: Statement) -> [String] {
        (0..<sqlite3_column_count(statement.sqliteStatement)).map { index in
            sqlite3_column_name(statement.sqliteStatement, index).map { String(cString: $0) } ?? ""
        }
    }

    private static func values(of statement: Statement, _ count: Int) -> [SQLData] {
        (0..<count).map { SQLData(DatabaseValue(sqliteStatement: statement.sqliteStatement, index: CInt($0))) }
    }
}

extension SQLiteSession {
    /// Forgets the prepared statements where there are too many, so that texts which never come again take no memory.
    private func makeRoom(for text: String, in database: GRDB.Database) {
        let isFull = state.texts.withLock { texts in
            guard texts.insert(text).inserted, texts.count > Self.preparedLimit else { return false }
            texts = [text]
            return true
        }
        if isFull { database.clearSchemaCache() }
    }

    /// Lists for `IN` have a power of two of values, long ones a multiple of 1024.
    private static func listSize(_ count: Int) -> Int {
        guard count <= 1024 else { return (count + 1023) / 1024 * 1024 }
        var size = 1
        while size < count { size *= 2 }
        return size
    }
}

extension SQLiteSession {
    /// Inside a transaction the setting does nothing, so that dropping a table would delete the rows that refer to it
    /// (https://www.sqlite.org/pragma.html#pragma_foreign_keys).
    private func beginSchemaChange(on database: GRDB.Database) throws {
        state.isChangingSchema.store(true, ordering: .relaxed)
        do {
            try database.execute(sql: "PRAGMA foreign_keys = OFF; BEGIN IMMEDIATE")
        } catch {
            try endSchemaChange(on: database)
            throw error
        }
    }

    private func endSchemaChange(on database: GRDB.Database) throws {
        guard state.isChangingSchema.exchange(false, ordering: .relaxed) else { return }
        try database.execute(sql: "PRAGMA foreign_keys = ON")
    }

    private func checkForeignKeys(in database: GRDB.Database) throws {
        let violations = try GRDB.Row.fetchAll(database, sql: "SELECT \"table\", rowid, parent FROM pragma_foreign_key_check LIMIT 10")
        guard !violations.isEmpty else { return }
        let rows = violations.map { row in
            let number = (row["rowid"] as Int64?).map { " \($0)" } ?? ""
            return "\(row["table"] as String? ?? "")\(number) refers to a row of \(row["parent"] as String? ?? "") that is not there"
        }
        throw DatabaseError(.foreignKeyViolation, rows.joined(separator: "; "))
    }
}

extension SQLiteSession {
    private static func translated(_ error: any Error) -> any Error {
        guard let error = error as? GRDB.DatabaseError else { return error }
        let message = error.message ?? "no message"
        switch error.extendedResultCode {
        case .SQLITE_CONSTRAINT_UNIQUE, .SQLITE_CONSTRAINT_PRIMARYKEY, .SQLITE_CONSTRAINT_ROWID:
            return DatabaseError(.uniqueViolation, message)
        case .SQLITE_CONSTRAINT_FOREIGNKEY: return DatabaseError(.foreignKeyViolation, message)
        case .SQLITE_CONSTRAINT_CHECK: return DatabaseError(.checkViolation, message)
        case .SQLITE_CONSTRAINT_NOTNULL: return DatabaseError(.notNullViolation, message)
        default: break
        }
        switch error.resultCode {
        case .SQLITE_BUSY, .SQLITE_LOCKED: return Problem.unavailable("The database is busy.")
        // What another attempt may find otherwise, on the same connection or after somebody has looked at the disk.
        case .SQLITE_IOERR, .SQLITE_FULL, .SQLITE_NOMEM, .SQLITE_PROTOCOL, .SQLITE_INTERRUPT, .SQLITE_ABORT:
            return DatabaseError(.storage, message)
        case .SQLITE_CANTOPEN, .SQLITE_READONLY, .SQLITE_PERM, .SQLITE_CORRUPT, .SQLITE_NOTADB: return DatabaseError(.file, message)
        default: return DatabaseError(.engine, message)
        }
    }
}

extension SQLData {
    fileprivate init(_ value: DatabaseValue) {
        self =
            switch value.storage {
            case .null: .null
            case .int64(let number): .integer(number)
            case .double(let number): .real(number)
            case .string(let text): .text(text)
            case .blob(let data): .blob([UInt8](data))
            }
    }

    fileprivate var hasNullCharacter: Bool {
        guard case .text(let text) = self else { return false }
        return text.utf8.withContiguousStorageIfAvailable { $0.contains(0) } ?? text.utf8.contains(0)
    }

    fileprivate var databaseValue: DatabaseValue {
        switch self {
        case .null: .null
        case .integer(let number): number.databaseValue
        case .real(let number): number.databaseValue
        case .text(let text): text.databaseValue
        case .blob(let bytes): Data(bytes).databaseValue
        }
    }
}
