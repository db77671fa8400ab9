import NIOCore

/// A value of a field table (AMQP 0-9-1 §4.2.5, with RabbitMQ's types: https://www.rabbitmq.com/docs/amqp-0-9-1-errata).
enum AMQPValue: Hashable, Sendable {
    case boolean(Bool)
    case integer(Int64)
    case real(Double)
    case text(String)
    case bytes([UInt8])
    case table(AMQPTable)
    case list([AMQPValue])
    case none

    /// The value as text, if it is a text, a number or a truth value.
    var text: String? {
        switch self {
        case .text(let text): text
        case .integer(let number): String(number)
        case .boolean(let value): String(value)
        default: nil
        }
    }
}

/// A field table.
typealias AMQPTable = [String: AMQPValue]

extension AMQPReader {
    /// How deep tables and lists may be within each other.
    private static var deepest: Int { 16 }

    mutating func table(depth: Int = 0) throws(AMQPFault) -> AMQPTable {
        guard depth < Self.deepest else { throw AMQPFault("tables are nested too deeply") }
        var part = try part(Int(try long()))
        return try part.entries(depth: depth)
    }

    /// Reads what is left as the entries of a table.
    mutating func entries(depth: Int = 0) throws(AMQPFault) -> AMQPTable {
        var table: AMQPTable = [:]
        while !isAtEnd {
            let name = try shortText()
            table[name] = try value(depth: depth)
        }
        return table
    }

    private mutating func list(depth: Int) throws(AMQPFault) -> [AMQPValue] {
        guard depth < Self.deepest else { throw AMQPFault("lists are nested too deeply") }
        var part = try part(Int(try long())), list: [AMQPValue] = []
        while !part.isAtEnd { list.append(try part.value(depth: depth)) }
        return list
    }

    private mutating func value(depth: Int) throws(AMQPFault) -> AMQPValue {
        let kind = try octet()
        switch Character(UnicodeScalar(kind)) {
        case "t": return .boolean(try octet() != 0)
        case "b": return .integer(Int64(Int8(bitPattern: try octet())))
        case "B": return .integer(Int64(try octet()))
        case "s": return .integer(Int64(Int16(bitPattern: try short())))
        case "u": return .integer(Int64(try short()))
        case "I": return .integer(Int64(Int32(bitPattern: try long())))
        case "i": return .integer(Int64(try long()))
        case "l", "L", "T": return .integer(Int64(bitPattern: try longLong()))
        case "f": return .real(Double(Float(bitPattern: try long())))
        case "d": return .real(Double(bitPattern: try longLong()))
        case "D":
            let scale = try octet(), digits = Int32(bitPattern: try long())
            var value = Double(digits)
            for _ in 0..<scale { value /= 10 }
            return .real(value)
        case "S":
            let bytes = try bytes(Int(try long()))
            return String(validating: bytes, as: UTF8.self).map { .text($0) } ?? .bytes(bytes)
        case "x": return .bytes(try bytes(Int(try long())))
        case "A": return .list(try list(depth: depth + 1))
        case "F": return .table(try table(depth: depth + 1))
        case "V": return .none
        default: throw AMQPFault("a table has a value of the unknown type \(kind)")
        }
    }
}

extension AMQPWriter {
    mutating func table(_ table: AMQPTable) {
        measured { writer in
            for (name, value) in table.sorted(by: { $0.key < $1.key }) {
                writer.shortText(name)
                writer.value(value)
            }
        }
    }

    mutating func value(_ value: AMQPValue) {
        switch value {
        case .boolean(let value):
            kind("t")
            octet(value ? 1 : 0)
        case .integer(let number):
            kind("l")
            longLong(UInt64(bitPattern: number))
        case .real(let number):
            kind("d")
            longLong(number.bitPattern)
        case .text(let text):
            kind("S")
            longText(text)
        case .bytes(let bytes):
            kind("x")
            measured { $0.bytes(bytes) }
        case .table(let table):
            kind("F")
            self.table(table)
        case .list(let list):
            kind("A")
            measured { writer in
                for value in list { writer.value(value) }
            }
        case .none: kind("V")
        }
    }

    private mutating func kind(_ character: Unicode.Scalar) { octet(UInt8(ascii: character)) }
}
