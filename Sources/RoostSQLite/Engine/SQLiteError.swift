import CRoostSQLite
import Roost
import RoostData

/// Errors of the engine, by its extended result codes (https://www.sqlite.org/rescode.html).
enum SQLiteError {
    /// Returns the error of the last call on a connection.
    /// - Parameter database: The connection, or `nil` if there was no memory for one.
    static func last(on database: OpaquePointer?) -> any Error {
        error(sqlite3_extended_errcode(database), String(cString: sqlite3_errmsg(database)))
    }

    /// Returns whether a result code says that somebody else uses the file.
    static func isBusy(_ code: CInt) -> Bool { code & 0xff == SQLITE_BUSY || code & 0xff == SQLITE_LOCKED }

    private static func error(_ code: CInt, _ message: String) -> any Error {
        if isBusy(code) { return Problem.unavailable("The database is busy.") }
        return DatabaseError(constraint(code) ?? kind(code), message)
    }

    private static func constraint(_ code: CInt) -> DatabaseError.Code? {
        // The macros of the extended codes are expressions, which Swift does not import.
        switch (code & 0xff, code >> 8) {
        case (SQLITE_CONSTRAINT, 8), (SQLITE_CONSTRAINT, 6), (SQLITE_CONSTRAINT, 10): .uniqueViolation
        case (SQLITE_CONSTRAINT, 3): .foreignKeyViolation
        case (SQLITE_CONSTRAINT, 1): .checkViolation
        case (SQLITE_CONSTRAINT, 5): .notNullViolation
        default: nil
        }
    }

    private static func kind(_ code: CInt) -> DatabaseError.Code {
        switch code & 0xff {
        // Another attempt may not meet these, on the same connection or after somebody has looked at the disk.
        case SQLITE_IOERR, SQLITE_FULL, SQLITE_NOMEM, SQLITE_PROTOCOL, SQLITE_INTERRUPT, SQLITE_ABORT: .storage
        case SQLITE_CANTOPEN, SQLITE_READONLY, SQLITE_PERM, SQLITE_CORRUPT, SQLITE_NOTADB: .file
        default: .engine
        }
    }
}
