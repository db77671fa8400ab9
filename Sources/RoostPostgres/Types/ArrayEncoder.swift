import NIOCore
import Roost
import RoostData

/// Lists as one-dimensional arrays (https://www.postgresql.org/docs/current/arrays.html).
enum ArrayEncoder {
    /// Whether a list is written in the binary format (1) or as text (0).
    static func format(of values: [SQLData], as type: OID) -> Int16 {
        guard let element = type.element else { return 0 }
        return values.allSatisfy { ParameterEncoder.format(of: $0, as: element) == 1 || element.isText && $0.isText } ? 1 : 0
    }

    /// Writes the length and the bytes of a list.
    /// - Throws: A `DatabaseError` if a value does not fit the elements' type.
    static func write(_ values: [SQLData], as type: OID, into buffer: inout ByteBuffer) throws(DatabaseError) {
        guard format(of: values, as: type) == 1, let element = type.element else {
            return try ParameterEncoder.write(try text(of: values, as: type), into: &buffer)
        }
        try buffer.writeLengthPrefixedValue { buffer throws(DatabaseError) in
            buffer.writeMultipleIntegers(Int32(values.isEmpty ? 0 : 1), Int32(values.contains(.null) ? 1 : 0), element.rawValue)
            if !values.isEmpty { buffer.writeMultipleIntegers(Int32(truncatingIfNeeded: values.count), Int32(1)) }
            for value in values { try ParameterEncoder.write(value, as: element, into: &buffer) }
        }
    }

    /// The elements in braces, each in quotes, so that the server reads them as it reads any text of their type.
    private static func text(of values: [SQLData], as type: OID) throws(DatabaseError) -> String {
        var text = "{"
        for (index, value) in values.enumerated() {
            if index > 0 { text += "," }
            switch value {
            case .null: text += "NULL"
            case .boolean(let flag): text += flag ? "t" : "f"
            case .integer(let number): text += String(number)
            case .real(let number): text += quoted(ParameterEncoder.text(of: number))
            case .text(let element): text += quoted(element)
            case .uuid(let id): text += id.text
            case .time(let date): text += quoted(Timestamp.text(of: date))
            case .blob, .array: throw DatabaseError(.engine, "a list of bytes or of lists cannot be bound to the type \(type.label)")
            }
        }
        return text + "}"
    }

    private static func quoted(_ text: String) -> String {
        var quoted = "\""
        for character in text.unicodeScalars {
            if character == "\"" || character == "\\" { quoted.append("\\") }
            quoted.unicodeScalars.append(character)
        }
        return quoted + "\""
    }
}

extension SQLData {
    fileprivate var isText: Bool { if case .text = self { true } else { false } }
}

extension OID {
    /// The type of the elements, if this is an array that the driver writes in the binary format.
    var element: OID? { Self.elements[rawValue] }

    private static let elements: [UInt32: OID] = [
        1000: .bool, 1001: .bytea, 1003: .name, 1005: .int2, 1007: .int4, 1009: .text, 1014: .bpchar, 1015: .varchar, 1016: .int8,
        1021: .float4, 1022: .float8, 1028: .oid, 1115: .timestamp, 1182: .date, 1185: .timestamptz, 2951: .uuid,
    ]
}
