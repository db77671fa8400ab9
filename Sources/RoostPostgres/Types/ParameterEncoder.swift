import NIOCore
import Roost
import RoostData

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Writes values as parameters of the types that the server has inferred.
enum ParameterEncoder {
    /// The type that a parameter is declared as, from its value. Only numbers are declared: the server infers all others from the
    /// context.
    static func declaredType(of value: SQLData) -> OID {
        switch value {
        case .integer: .int8
        case .real: .float8
        default: .undeclared
        }
    }

    /// Whether a value is written in the binary format (1) or as text (0).
    static func format(of value: SQLData, as type: OID) -> Int16 {
        switch value {
        case .null, .blob: 1
        case .text: 0
        case .array(let values): ArrayEncoder.format(of: values, as: type)
        case .boolean, .real: type.isNumber || type == .bool ? 1 : 0
        case .integer: type.isNumber || type == .bool || type.isTimestamp ? 1 : 0
        case .uuid: type == .uuid || type == .bytea ? 1 : 0
        case .time: type.isTimestamp || type == .int8 || type == .date ? 1 : 0
        }
    }

    /// Writes the length and the bytes of a value.
    /// - Throws: A `DatabaseError` if the value does not fit the type.
    static func write(_ value: SQLData, as type: OID, into buffer: inout ByteBuffer) throws(DatabaseError) {
        switch value {
        case .null: buffer.writeInteger(Int32(-1))
        case .boolean(let flag): try write(flag, as: type, into: &buffer)
        case .integer(let number): try write(number, as: type, into: &buffer)
        case .real(let number): try write(number, as: type, into: &buffer)
        case .text(let text): try write(text, into: &buffer)
        case .array(let values): try ArrayEncoder.write(values, as: type, into: &buffer)
        case .blob(let bytes):
            guard type == .bytea || type == .undeclared || type == .uuid && bytes.count == 16 else { throw mismatch("bytes", type) }
            buffer.writeInteger(Int32(bytes.count))
            buffer.writeBytes(bytes)
        case .uuid(let uuid):
            if type == .uuid || type == .bytea { return write(fixed: uuid.bigEndianBytes, into: &buffer) }
            try write(type == .json || type == .jsonb ? "\"\(uuid.text)\"" : uuid.text, into: &buffer)
        case .time(let date): try write(date, as: type, into: &buffer)
        }
    }

    private static func write(_ flag: Bool, as type: OID, into buffer: inout ByteBuffer) throws(DatabaseError) {
        switch type {
        case .bool: write(fixed: UInt8(flag ? 1 : 0), into: &buffer)
        case .int2, .int4, .int8, .oid, .float4, .float8, .numeric: try write(Int64(flag ? 1 : 0), as: type, into: &buffer)
        case .bytea: throw mismatch("a boolean", type)
        default: try write(flag ? "true" : "false", into: &buffer)
        }
    }

    private static func write(_ number: Int64, as type: OID, into buffer: inout ByteBuffer) throws(DatabaseError) {
        switch type {
        case .int8: write(fixed: number, into: &buffer)
        case .int4: write(fixed: try narrow(number, Int32.self, type), into: &buffer)
        case .int2: write(fixed: try narrow(number, Int16.self, type), into: &buffer)
        case .oid: write(fixed: try narrow(number, UInt32.self, type), into: &buffer)
        case .float8: write(fixed: Double(number).bitPattern, into: &buffer)
        case .float4: write(fixed: Float(number).bitPattern, into: &buffer)
        case .bool:
            guard number == 0 || number == 1 else {
                throw DatabaseError(.outOfRange, "\(number) cannot be stored as a boolean: use 0 or 1")
            }
            write(fixed: UInt8(number), into: &buffer)
        case .timestamp, .timestamptz: write(fixed: try Timestamp.microseconds(sinceEpoch: number), into: &buffer)
        case .bytea, .uuid, .date: throw mismatch("a number", type)
        default: try write(String(number), into: &buffer)
        }
    }

    private static func write(_ number: Double, as type: OID, into buffer: inout ByteBuffer) throws(DatabaseError) {
        switch type {
        case .float8: write(fixed: number.bitPattern, into: &buffer)
        case .float4:
            let narrow = Float(number)
            guard narrow.isFinite || !number.isFinite else { throw DatabaseError(.outOfRange, "\(number) does not fit the type real") }
            write(fixed: narrow.bitPattern, into: &buffer)
        case .int2, .int4, .int8, .oid, .bool:
            guard let whole = Int64(exactly: number) else { throw DatabaseError(.outOfRange, "\(number) is not a whole number of 64 bits") }
            try write(whole, as: type, into: &buffer)
        case .bytea, .uuid, .date, .timestamp, .timestamptz: throw mismatch("a number", type)
        default: try write(text(of: number), into: &buffer)
        }
    }

    /// A number as the server reads it.
    static func text(of number: Double) -> String {
        if number.isNaN { return "NaN" }
        return number.isInfinite ? (number < 0 ? "-Infinity" : "Infinity") : "\(number)"
    }

    private static func write(_ date: Date, as type: OID, into buffer: inout ByteBuffer) throws(DatabaseError) {
        switch type {
        case .timestamp, .timestamptz: write(fixed: try Timestamp.microseconds(of: date), into: &buffer)
        case .int8: write(fixed: date.storedMilliseconds, into: &buffer)
        case .date: write(fixed: try Timestamp.days(of: date), into: &buffer)
        case .bool, .int2, .int4, .oid, .float4, .float8, .bytea, .uuid: throw mismatch("a time", type)
        case .json, .jsonb: try write("\"\(Timestamp.text(of: date))\"", into: &buffer)
        default: try write(Timestamp.text(of: date), into: &buffer)
        }
    }

    static func write(_ text: String, into buffer: inout ByteBuffer) throws(DatabaseError) {
        let start = buffer.writerIndex
        let count = buffer.writeInteger(Int32(text.utf8.count)) - 4 + buffer.writeString(text)
        let hasZero = buffer.viewBytes(at: start + 4, length: count)?.contains(0) ?? false
        if hasZero { throw DatabaseError(.text, "a text contains U+0000, which PostgreSQL does not store") }
    }

    @inline(__always)
    private static func write<Number: FixedWidthInteger>(fixed number: Number, into buffer: inout ByteBuffer) {
        buffer.writeMultipleIntegers(Int32(MemoryLayout<Number>.size), number)
    }

    private static func write(fixed bytes: (UInt64, UInt64), into buffer: inout ByteBuffer) {
        buffer.writeMultipleIntegers(Int32(16), bytes.0, bytes.1)
    }

    private static func narrow<Number: FixedWidthInteger>(
        _ number: Int64, _ type: Number.Type, _ oid: OID
    ) throws(DatabaseError) -> Number {
        guard let narrow = Number(exactly: number) else { throw DatabaseError(.outOfRange, "\(number) does not fit the type \(oid.label)") }
        return narrow
    }

    private static func mismatch(_ what: String, _ type: OID) -> DatabaseError {
        DatabaseError(.engine, "\(what) cannot be bound to a parameter of the type \(type.label)")
    }
}

extension DatabaseError.Code {
    /// A value does not fit the type of its column.
    public static let outOfRange = DatabaseError.Code(rawValue: "out_of_range")
}
