import CRoostSQLite
import Roost
import RoostData

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A prepared statement, and the current row of its result. It is used by one thread at a time, and with a connection that is open.
final class PreparedStatement: RowSource {
    private let handle: OpaquePointer
    /// Whether it changes nothing in the file.
    let isReadOnly: Bool
    /// Whether it reads or changes a setting of the connection.
    let isPragma: Bool
    /// Whether a cursor steps through its result.
    var isBusy = false
    /// When it was used last, in uses of the connection.
    var lastUse: UInt64 = 0
    /// Whether its last execution took too long for the caller's thread.
    var isSlow = false

    /// The position in the bindings of each parameter, unless they are in order.
    private let order: [Int]?
    private let parameterCount: Int
    private var column: CInt = 0
    private var columnCount: CInt = 0
    private var known: (names: [String], preparations: CInt)?

    /// Whether it describes how the engine would run another statement.
    var isExplanation: Bool { sqlite3_stmt_isexplain(handle) != 0 }

    /// - Parameter handle: A statement, which this object finalizes.
    init(_ handle: OpaquePointer, isPragma: Bool) {
        self.handle = handle
        self.isPragma = isPragma
        isReadOnly = sqlite3_stmt_readonly(handle) != 0
        let count = sqlite3_bind_parameter_count(handle)
        // "$2" is a name to SQLite, and its position is that of its first use in the text.
        let positions = (0..<count).map { index -> Int in
            guard let name = sqlite3_bind_parameter_name(handle, index + 1) else { return Int(index) }
            return Int(String(cString: name).dropFirst()).map { $0 - 1 } ?? Int(index)
        }
        let isInOrder = positions.enumerated().allSatisfy { $0.offset == $0.element }
        order = isInOrder ? nil : positions
        parameterCount = isInOrder ? Int(count) : (positions.max() ?? -1) + 1
    }

    deinit { sqlite3_finalize(handle) }

    /// Binds the values of the placeholders.
    /// - Throws: A `DatabaseError` if there are too few or too many of them, or one of them cannot be stored.
    func bind(_ values: [SQLData]) throws {
        guard values.count == parameterCount else {
            throw DatabaseError(.engine, "the statement has \(parameterCount) placeholders, and \(values.count) values")
        }
        guard let order else {
            for (index, value) in values.enumerated() { try bind(value, at: CInt(index + 1)) }
            return
        }
        for (index, position) in order.enumerated() where position >= 0 { try bind(values[position], at: CInt(index + 1)) }
    }

    private func bind(_ value: SQLData, at index: CInt) throws {
        let result =
            switch value {
            case .null, .array: sqlite3_bind_null(handle, index)
            case .boolean(let value): sqlite3_bind_int64(handle, index, value ? 1 : 0)
            case .integer(let number): sqlite3_bind_int64(handle, index, number)
            case .real(let number): sqlite3_bind_double(handle, index, number)
            case .text(let text): try bind(text, at: index)
            case .blob(let bytes): try bytes.withUnsafeBytes { try bind($0, at: index, roost_sqlite3_bind_blob) }
            case .uuid(let id): try bind(id.text, at: index)
            case .time(let date): sqlite3_bind_int64(handle, index, date.storedMilliseconds)
            }
        guard result == SQLITE_OK else { throw error }
    }

    private func bind(_ text: String, at index: CInt) throws -> CInt {
        var text = text
        return try text.withUTF8 { bytes in
            guard !bytes.contains(0) else {
                throw DatabaseError(.text, "a text contains the character U+0000, where the engine would cut it off")
            }
            return try bind(UnsafeRawBufferPointer(bytes), at: index, roost_sqlite3_bind_text)
        }
    }

    private func bind(
        _ bytes: UnsafeRawBufferPointer, at index: CInt, _ function: (OpaquePointer?, CInt, UnsafeRawPointer?, CInt) -> CInt
    ) throws -> CInt {
        guard let count = CInt(exactly: bytes.count) else { throw DatabaseError(.engine, "a value is longer than 2 GiB") }
        return function(handle, index, bytes.baseAddress, count)
    }

    /// Moves to the next row.
    /// - Returns: Whether there is one.
    func step() throws -> Bool {
        let result = sqlite3_step(handle)
        guard result == SQLITE_ROW else {
            guard result == SQLITE_DONE else { throw error }
            return false
        }
        column = 0
        // If another process has changed the table, the first step prepares the statement again, possibly with other columns
        // (https://www.sqlite.org/c3ref/prepare.html).
        columnCount = sqlite3_data_count(handle)
        return true
    }

    /// Makes the statement ready to be run again.
    func reset() {
        sqlite3_reset(handle)
        if parameterCount > 0 { sqlite3_clear_bindings(handle) }
    }

    private var error: any Error { SQLiteError.last(on: sqlite3_db_handle(handle)) }
}

extension PreparedStatement {
    var names: [String] {
        let preparations = sqlite3_stmt_status(handle, SQLITE_STMTSTATUS_REPREPARE, 0)
        if let known, known.preparations == preparations { return known.names }
        let names = (0..<sqlite3_column_count(handle)).map { sqlite3_column_name(handle, $0).map { String(cString: $0) } ?? "" }
        known = (names, preparations)
        return names
    }

    func next() throws(DatabaseError) -> SQLCell {
        guard column < columnCount else { throw DatabaseError(.column, "the row has only \(columnCount) columns") }
        defer { column += 1 }
        switch sqlite3_column_type(handle, column) {
        case SQLITE_INTEGER: return .integer(sqlite3_column_int64(handle, column))
        case SQLITE_FLOAT: return .real(sqlite3_column_double(handle, column))
        // The order matters: the first call may convert the value, and the second one then returns its length.
        case SQLITE_TEXT: return .text(bytes(UnsafeRawPointer(sqlite3_column_text(handle, column))))
        case SQLITE_BLOB: return .blob(bytes(sqlite3_column_blob(handle, column)))
        default: return .null
        }
    }

    private func bytes(_ start: UnsafeRawPointer?) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: start, count: start == nil ? 0 : Int(sqlite3_column_bytes(handle, column)))
    }
}
