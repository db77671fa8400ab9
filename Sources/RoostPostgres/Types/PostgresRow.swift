import Roost
import RoostData

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The current row of a result, read from the bytes as they arrived. Each connection has one, which it moves from row to row.
final class PostgresRow: RowSource {
    private var bytes = UnsafeRawBufferPointer(start: nil, count: 0)
    private var columns = Columns.none
    private var column = 0
    private var offset = 0

    /// Takes a row, which must not be used after `clear()`.
    /// - Throws: A `ProtocolViolation` if the row has another number of columns, or its lengths are wrong.
    func take(_ body: UnsafeRawBufferPointer, _ columns: Columns) throws(ProtocolViolation) {
        var reader = MessageReader(body)
        guard Int(try reader.int16()) == columns.list.count else { throw ProtocolViolation("a row with another number of columns") }
        for _ in 0..<columns.list.count {
            let length = Int(try reader.int32())
            if length >= 0 { try reader.skip(length) } else if length != -1 { throw ProtocolViolation("a negative length") }
        }
        try reader.finish()
        bytes = body
        self.columns = columns
        (column, offset) = (0, 2)
    }

    /// Forgets the row.
    func clear() {
        bytes = UnsafeRawBufferPointer(start: nil, count: 0)
        columns = Columns.none
    }

    var names: [String] { columns.names }

    func next() throws(DatabaseError) -> SQLCell {
        guard column < columns.list.count else {
            throw DatabaseError(.column, "the row has only \(columns.list.count) columns")
        }
        // `take(_:_:)` has checked all lengths.
        let length = Int(Int32(bigEndian: bytes.loadUnaligned(fromByteOffset: offset, as: Int32.self)))
        defer {
            column += 1
            offset += 4 + max(0, length)
        }
        guard length >= 0 else { return .null }
        return try decode(UnsafeRawBufferPointer(rebasing: bytes[(offset + 4)..<(offset + 4 + length)]), columns.list[column])
    }

    private func decode(_ value: UnsafeRawBufferPointer, _ column: Columns.Column) throws(DatabaseError) -> SQLCell {
        guard column.isBinary else { return .text(value) }
        switch column.type {
        case .int8: return .integer(try number(value, Int64.self, column))
        case .int4: return .integer(Int64(try number(value, Int32.self, column)))
        case .text, .varchar, .bpchar, .name, .json: return .text(value)
        case .uuid: return .uuid(UUID(uuid: try fixed(value, uuid_t.self, column)))
        case .timestamptz, .timestamp: return .time(microseconds: Timestamp.sinceEpoch(try number(value, Int64.self, column)))
        case .bool: return .boolean(try number(value, UInt8.self, column) != 0)
        case .float8: return .real(Double(bitPattern: try number(value, UInt64.self, column)))
        case .bytea: return .blob(value)
        case .int2: return .integer(Int64(try number(value, Int16.self, column)))
        case .oid: return .integer(Int64(try number(value, UInt32.self, column)))
        case .float4: return .real(Double(Float(bitPattern: try number(value, UInt32.self, column))))
        case .jsonb:
            guard value.first == 1 else { throw malformed(column) }
            return .text(UnsafeRawBufferPointer(rebasing: value.dropFirst()))
        default: return .blob(value)
        }
    }

    @inline(__always)
    private func number<Number: FixedWidthInteger & BitwiseCopyable>(
        _ value: UnsafeRawBufferPointer, _ type: Number.Type, _ column: Columns.Column
    ) throws(DatabaseError) -> Number {
        Number(bigEndian: try fixed(value, type, column))
    }

    @inline(__always)
    private func fixed<Value: BitwiseCopyable>(
        _ value: UnsafeRawBufferPointer, _ type: Value.Type, _ column: Columns.Column
    ) throws(DatabaseError) -> Value {
        guard value.count == MemoryLayout<Value>.size else { throw malformed(column) }
        return value.loadUnaligned(as: Value.self)
    }

    private func malformed(_ column: Columns.Column) -> DatabaseError {
        DatabaseError(.column, "the server sent a malformed \(column.type.label) in the column \(column.name)")
    }
}
