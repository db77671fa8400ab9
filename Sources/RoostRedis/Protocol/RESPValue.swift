import NIOCore

/// A value of RESP3, the protocol of Redis 6 and later (https://github.com/redis/redis-specifications/blob/master/protocol/RESP3.md).
enum RESPValue: Hashable, Sendable {
    case null
    /// A short text of the server, such as `OK`.
    case simple(String)
    case error(RESPError)
    case integer(Int64)
    case double(Double)
    case boolean(Bool)
    /// An integer beyond 64 bits, as digits.
    case bigNumber(String)
    /// Any bytes. A verbatim string is one without its format.
    case bulk(ByteBuffer)
    /// The elements of an array or a set.
    case array([RESPValue])
    /// The keys and values of a map, in turn.
    case map([RESPValue])
    /// What the server sends on its own account: a message of a channel, or invalidated keys.
    case push([RESPValue])

    /// The bytes of a bulk string, or a simple string as UTF-8.
    var bytes: [UInt8]? {
        switch self {
        case .bulk(let buffer): Array(buffer.readableBytesView)
        case .simple(let text): Array(text.utf8)
        default: nil
        }
    }

    /// The text of a bulk or simple string, or `nil` if it is neither or not UTF-8.
    var text: String? {
        switch self {
        case .bulk(let buffer): String(validating: buffer.readableBytesView, as: UTF8.self)
        case .simple(let text): text
        default: nil
        }
    }

    /// An integer, or a text that is one.
    var integer: Int64? {
        if case .integer(let number) = self { return number }
        return text.flatMap { Int64($0) }
    }

    /// A number, or a text that is one.
    var number: Double? {
        switch self {
        case .double(let number): number
        case .integer(let number): Double(number)
        default: text.flatMap { Double($0) }
        }
    }

    /// The elements of an array or a push.
    var elements: [RESPValue]? {
        switch self {
        case .array(let elements), .push(let elements): elements
        default: nil
        }
    }

    /// Returns the value of a key of a map.
    subscript(_ key: String) -> RESPValue? {
        guard case .map(let entries) = self else { return nil }
        return stride(from: 0, to: entries.count - 1, by: 2).first { entries[$0].text == key }.map { entries[$0 + 1] }
    }
}

/// An error that the server answers with.
struct RESPError: Error, Hashable {
    /// The whole text, such as `WRONGTYPE Operation against a key holding the wrong kind of value`.
    let text: String

    /// The first word, which tells the kind of error.
    var kind: Substring { text.prefix { $0 != " " } }
}

/// Bytes that are not RESP3, or more than a limit allows. Nothing after them can be read.
struct RESPFault: Error, Hashable {
    /// What is wrong with the bytes.
    let reason: String
}
