import Dispatch
import Foundation
import GRDB
import Roost

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// One SQLite connection. Its work runs on a dispatch queue of its own, off the event loops and the cooperative pool.
struct SQLiteSession: Sendable {
    private let queue: DatabaseQueue
    private let access: DatabaseAccess

    /// Opens a connection. Where several processes open one file for the first time, SQLite may refuse all but one at once, without
    /// asking the busy handler: they try again (https://www.sqlite.org/wal.html, "Sometimes Queries Return SQLITE_BUSY In WAL Mode").
    static func open(_ location: SQLiteLocation, for access: DatabaseAccess) async throws -> SQLiteSession {
        let end = ContinuousClock.now + SQLiteDriver.patience
        while true {
            do {
                return try await openOnce(location, for: access)
            } catch let error as GRDB.DatabaseError where error.resultCode == .SQLITE_BUSY && ContinuousClock.now < end {
                try await Task.sleep(for: .milliseconds(Int.random(in: 5...25)))
            }
        }
    }

    private static func openOnce(_ location: SQLiteLocation, for access: DatabaseAccess) async throws -> SQLiteSession {
        try await withCheckedThrowingContinuation { continuation in
            DispatchQueue.global().async {
                continuation.resume(
                    with: Result {
                        let queue = try DatabaseQueue(path: location.path, configuration: configuration(location, for: access))
                        return SQLiteSession(queue: queue, access: access)
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

    private static func configuration(_ location: SQLiteLocation, for access: DatabaseAccess) -> GRDB.Configuration {
        var configuration = GRDB.Configuration()
        configuration.allowsUnsafeTransactions = true
        configuration.journalMode = access == .write ? .wal : .default
        configuration.busyMode = .callback(waitsForOthers)
        configuration.prepareDatabase { database in
            try database.execute(sql: "PRAGMA synchronous = \(location.durability.rawValue)")
            if access == .read { try database.execute(sql: "PRAGMA query_only = 1") }
        }
        return configuration
    }

    /// Waits for another process's transaction: 1 ms at first, for promptness, then 5 ms, for about ten seconds in all.
    private static func waitsForOthers(_ tries: Int) -> Bool {
        guard tries < 2080 else { return false }
        usleep(tries < 100 ? 1000 : 5000)
        return true
    }

    private func perform(_ command: DatabaseCommand, on database: GRDB.Database) throws -> DatabaseResult {
        switch command {
        case .begin: try database.execute(sql: access == .write ? "BEGIN IMMEDIATE" : "BEGIN DEFERRED")
        case .commit: try database.execute(sql: "COMMIT")
        case .rollback: if database.isInsideTransaction { try database.execute(sql: "ROLLBACK") }
        case .script(let text): try database.execute(sql: text)
        case .statement(let sql): return try perform(sql, on: database)
        }
        return DatabaseResult()
    }

    private func perform(_ sql: SQL, on database: GRDB.Database) throws -> DatabaseResult {
        let (text, bindings) = sql.rendered { _ in "?" }
        let statement = try database.cachedStatement(sql: text)
        try statement.setArguments(StatementArguments(bindings.map(\.databaseValue)))
        let before = database.totalChangesCount
        guard statement.columnCount > 0 else {
            try statement.execute()
            return DatabaseResult(changes: database.totalChangesCount - before)
        }
        let columns = statement.columnNames
        var rows: [Row] = []
        let cursor = try GRDB.Row.fetchCursor(statement)
        while let row = try cursor.next() {
            rows.append(Row(columns: columns, values: row.databaseValues.map(SQLData.init)))
        }
        return DatabaseResult(rows: rows, changes: database.totalChangesCount - before)
    }

    private static func translated(_ error: any Error) -> any Error {
        guard let error = error as? GRDB.DatabaseError else { return error }
        let message = error.message ?? "no message"
        switch error.extendedResultCode {
        case .SQLITE_CONSTRAINT_UNIQUE, .SQLITE_CONSTRAINT_PRIMARYKEY: return DatabaseError(.uniqueViolation, message)
        case .SQLITE_CONSTRAINT_FOREIGNKEY: return DatabaseError(.foreignKeyViolation, message)
        case .SQLITE_CONSTRAINT_CHECK: return DatabaseError(.checkViolation, message)
        case .SQLITE_CONSTRAINT_NOTNULL: return DatabaseError(.notNullViolation, message)
        default: break
        }
        if error.resultCode == .SQLITE_BUSY || error.resultCode == .SQLITE_LOCKED { return Problem.unavailable("The database is busy.") }
        return DatabaseError(.engine, message)
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
