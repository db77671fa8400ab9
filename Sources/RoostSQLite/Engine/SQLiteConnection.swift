import CRoostSQLite
import Foundation
import Roost
import RoostData

/// One connection to a database file. It has no locks: its owner uses it from one thread at a time, which it blocks.
package final class SQLiteConnection {
    let hooks: ConnectionHooks
    let handle: OpaquePointer
    var statements = StatementCache()
    var controls: [ControlStatement: PreparedStatement] = [:]
    var cursors: [Int: PreparedStatement] = [:]
    var lastCursor = 0

    /// Opens a connection. If several processes open a file for the first time, SQLite may refuse all but one of them without asking the
    /// busy handler, so they try again (https://www.sqlite.org/wal.html, "Sometimes Queries Return SQLITE_BUSY In WAL Mode").
    package static func open(_ file: SQLiteFile, for access: DatabaseAccess) throws -> SQLiteConnection {
        let end = ContinuousClock.now + SQLiteDriver.timeout
        while true {
            do {
                return try SQLiteConnection(file, for: access)
            } catch let problem as Problem where problem.status == .unavailable && ContinuousClock.now < end {
                Thread.sleep(forTimeInterval: .random(in: 0.005...0.025))
            }
        }
    }

    private init(_ file: SQLiteFile, for access: DatabaseAccess) throws {
        var opened: OpaquePointer?
        let result = sqlite3_open_v2(
            file.location.path, &opened, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX,
            file.location.fileSystem)
        guard result == SQLITE_OK, let opened else {
            defer { sqlite3_close_v2(opened) }
            throw SQLiteError.last(on: opened)
        }
        handle = opened
        let log = file.log
        hooks = ConnectionHooks { access == .write ? log.waits($0) : WriteAheadLog.waitsForOthers($0) }
        sqlite3_extended_result_codes(handle, 1)
        roost_sqlite3_refuse_double_quoted_text(handle)
        hooks.install(on: handle)
        do {
            try trusting { try configure(file, for: access) }
        } catch {
            close()
            throw error
        }
    }

    private func configure(_ file: SQLiteFile, for access: DatabaseAccess) throws {
        try run(script: WriteAheadLog.settings)
        if access == .write {
            guard try text(of: "PRAGMA journal_mode = WAL") == "wal" else {
                throw DatabaseError(.file, "its file system does not support a write-ahead log")
            }
        }
        try run(script: "PRAGMA synchronous = \(file.location.durability.rawValue); PRAGMA foreign_keys = ON")
        if access == .read { try run(script: "PRAGMA query_only = ON") }
        // The first statement then need not.
        try readSchema()
    }

    /// Sets when commits count as done. It takes effect between transactions only, and when the statement is compiled, so it is not kept
    /// (https://www.sqlite.org/pragma.html#pragma_synchronous).
    func synchronize(_ durability: SQLiteLocation.Durability) throws {
        try trusting { try run(script: "PRAGMA synchronous = \(durability.rawValue)") }
    }

    /// Closes the connection. Nothing can be run afterwards.
    package func close() {
        closeCursors()
        controls = [:]
        statements.removeAll()
        sqlite3_close_v2(handle)
    }

    /// Runs statements, and ends the one that still runs at a deadline.
    /// - Parameters:
    ///   - isInline: Whether they run on their caller's thread.
    ///   - deadline: The deadline of the call, or `nil` if it has none.
    ///   - body: Runs the statements.
    /// - Throws: A `Problem` with status 504 if the deadline is over or a statement was ended; whatever `body` throws.
    func limited<Result>(
        inline isInline: Bool = false, until deadline: ContinuousClock.Instant?, _ body: (SQLiteConnection) throws -> Result
    ) throws -> Result {
        if let deadline, deadline <= .now { throw Self.tooSlow() }
        hooks.begin(inline: isInline, until: deadline)
        defer { hooks.end() }
        do {
            return try body(self)
        } catch  where hooks.isOverdue {
            throw Self.tooSlow(cause: error)
        }
    }

    private static func tooSlow(cause: (any Error)? = nil) -> Problem {
        Problem(.gatewayTimeout, "The database query took too long.", cause: cause)
    }

    /// Whether a transaction is in progress. The engine ends one by itself if, for example, the disk is full.
    package var isInTransaction: Bool { sqlite3_get_autocommit(handle) == 0 }

    /// Whether rows refer to others that do not exist, which a deferred foreign key allows until the commit
    /// (https://www.sqlite.org/foreignkeys.html, §4.2).
    var hasDeferredViolations: Bool {
        var current: CInt = 0, highest: CInt = 0
        return sqlite3_db_status(handle, SQLITE_DBSTATUS_DEFERRED_FKS, &current, &highest, 0) == SQLITE_OK && current > 0
    }

    /// Moves the content of the write-ahead log into the database file and empties the log.
    func truncateLog() throws {
        guard sqlite3_wal_checkpoint_v2(handle, nil, SQLITE_CHECKPOINT_TRUNCATE, nil, nil) == SQLITE_OK else {
            throw SQLiteError.last(on: handle)
        }
    }
}
