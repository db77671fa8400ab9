import GRDB
import Roost
import RoostData

extension SQLiteConnection {
    static func translated(_ error: any Error) -> any Error {
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
        // Errors that another attempt may not meet, on the same connection or after somebody has looked at the disk.
        case .SQLITE_IOERR, .SQLITE_FULL, .SQLITE_NOMEM, .SQLITE_PROTOCOL, .SQLITE_INTERRUPT, .SQLITE_ABORT:
            return DatabaseError(.storage, message)
        case .SQLITE_CANTOPEN, .SQLITE_READONLY, .SQLITE_PERM, .SQLITE_CORRUPT, .SQLITE_NOTADB: return DatabaseError(.file, message)
        default: return DatabaseError(.engine, message)
        }
    }
}
