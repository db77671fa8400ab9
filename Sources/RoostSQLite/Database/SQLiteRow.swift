import GRDBSQLite
import Roost
import RoostData

/// The current row of a statement, read from the engine's memory.
final class SQLiteRow: RowSource {
    private let statement: OpaquePointer
    private var column: CInt = 0
    let names: [String]

    /// - Parameter statement: A statement after its first step: if another process has changed the table, that step prepares it again,
    ///   possibly with other columns (https://www.sqlite.org/c3ref/prepare.html).
    init(_ statement: OpaquePointer) {
        self.statement = statement
        names = (0..<sqlite3_column_count(statement)).map { sqlite3_column_name(statement, $0).map { String(cString: $0) } ?? "" }
    }

    /// Goes back to the first column, after a step.
    func begin() { column = 0 }

    func next() throws(DatabaseError) -> SQLCell {
        guard column < names.count else { throw DatabaseError(.column, "the row has only \(names.count) columns") }
        defer { column += 1 }
        switch sqlite3_column_type(statement, column) {
        case SQLITE_INTEGER: return .integer(sqlite3_column_int64(statement, column))
        case SQLITE_FLOAT: return .real(sqlite3_column_double(statement, column))
        // The order matters: the first call may convert the value, and the second one then tells its length.
        case SQLITE_TEXT: return .text(bytes(UnsafeRawPointer(sqlite3_column_text(statement, column))))
        case SQLITE_BLOB: return .blob(bytes(sqlite3_column_blob(statement, column)))
        default: return .null
        }
    }

    private func bytes(_ start: UnsafeRawPointer?) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: start, count: start == nil ? 0 : Int(sqlite3_column_bytes(statement, column)))
    }
}
