import Foundation

@testable import RoostSchema

/// Any JSON, as a tree: so that every text can be read into values, by this toolkit and by Foundation.
indirect enum JSONTree: Hashable {
    case null
    case bool(Bool)
    case number(Double)
    case text(String)
    case list([JSONTree])
    case object([String: JSONTree])
}

extension JSONTree: Schema {
    static var schema: JSONSchema { .string }

    static func decode(from json: inout JSONReader) throws(DecodingFailure) -> JSONTree? {
        switch json.peek() {
        case UInt8(ascii: "{"): return try [String: JSONTree].decode(from: &json).map(JSONTree.object)
        case UInt8(ascii: "["): return try [JSONTree].decode(from: &json).map(JSONTree.list)
        case UInt8(ascii: "\""): return try json.readString().map(JSONTree.text)
        case UInt8(ascii: "t"), UInt8(ascii: "f"): return try Bool.decode(from: &json).map(JSONTree.bool)
        case UInt8(ascii: "n"): return try json.takeNull() ? .null : nil
        default: return try json.readDouble().map(JSONTree.number)
        }
    }

    func encode(to json: inout JSONWriter) {
        switch self {
        case .null: json.literal("null")
        case .bool(let value): value.encode(to: &json)
        case .number(let value): value.encode(to: &json)
        case .text(let value): value.encode(to: &json)
        case .list(let value): value.encode(to: &json)
        case .object(let value): value.encode(to: &json)
        }
    }

    static func decode(from message: inout ProtobufReader) throws(DecodingFailure) -> JSONTree? { nil }
    func encode(to message: inout ProtobufWriter) {}
}

extension JSONTree: Codable {
    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let value = try? container.decode(Bool.self) {
            self = .bool(value)
        } else if let value = try? container.decode(Double.self) {
            self = .number(value)
        } else if let value = try? container.decode(String.self) {
            self = .text(value)
        } else if let value = try? container.decode([JSONTree].self) {
            self = .list(value)
        } else {
            self = .object(try container.decode([String: JSONTree].self))
        }
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .null: try container.encodeNil()
        case .bool(let value): try container.encode(value)
        case .number(let value): try container.encode(value)
        case .text(let value): try container.encode(value)
        case .list(let value): try container.encode(value)
        case .object(let value): try container.encode(value)
        }
    }
}

extension JSONTree {
    /// A tree by chance, no deeper than `depth`.
    static func random(depth: Int, using chance: inout Chance) -> JSONTree {
        switch Int.random(in: 0...(depth > 0 ? 7 : 4), using: &chance) {
        case 0: .null
        case 1: .bool(Bool.random(using: &chance))
        case 2: .number(Double(Int.random(in: -1000...1000, using: &chance)) / 8)
        case 3: .number(.random(bits: chance.next()))
        case 4: .text(randomText(&chance))
        case 5: .list((0..<Int.random(in: 0...4, using: &chance)).map { _ in random(depth: depth - 1, using: &chance) })
        default: .object(randomObject(depth: depth - 1, &chance))
        }
    }

    private static func randomObject(depth: Int, _ chance: inout Chance) -> [String: JSONTree] {
        var object: [String: JSONTree] = [:]
        for _ in 0..<Int.random(in: 0...4, using: &chance) { object[randomText(&chance)] = random(depth: depth, using: &chance) }
        return object
    }

    private static func randomText(_ chance: inout Chance) -> String {
        let alphabet: [Character] = ["a", "b", " ", "\"", "\\", "/", "\n", "\u{1}", "\u{1F}", "\u{7F}", "é", "ж", "漢", "𝄞", "\u{FFFF}"]
        return String((0..<Int.random(in: 0...20, using: &chance)).map { _ in alphabet.randomElement(using: &chance) ?? "a" })
    }
}

extension Double {
    /// Any finite number.
    static func random(bits: UInt64) -> Double {
        let value = Double(bitPattern: bits)
        return value.isFinite ? value : Double(bitPattern: bits & ~(1 << 52))
    }
}
