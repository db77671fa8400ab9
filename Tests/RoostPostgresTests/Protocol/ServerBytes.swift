import NIOCore

@testable import RoostPostgres

/// Messages as a server sends them.
struct ServerBytes {
    private(set) var bytes: [UInt8] = []

    mutating func message(_ kind: Character, _ body: [UInt8] = []) {
        bytes.append(kind.asciiValue ?? 0)
        bytes += Self.int32(body.count + 4) + body
    }

    static func int16(_ number: Int) -> [UInt8] { [UInt8(truncatingIfNeeded: number >> 8), UInt8(truncatingIfNeeded: number)] }
    static func int32(_ number: Int) -> [UInt8] { int16(number >> 16) + int16(number) }
    static func text(_ text: String) -> [UInt8] { Array(text.utf8) + [0] }

    mutating func ready(_ status: Character = "I") { message("Z", [status.asciiValue ?? 0]) }
    mutating func complete(_ tag: String) { message("C", Self.text(tag)) }

    mutating func error(_ code: String, severity: String = "ERROR", _ text: String = "wrong") {
        message("E", [0x56] + Self.text(severity) + [0x43] + Self.text(code) + [0x4D] + Self.text(text) + [0])
    }

    mutating func columns(_ columns: [(String, OID)]) {
        var body = Self.int16(columns.count)
        for (name, type) in columns {
            body += Self.text(name) + Self.int32(0) + Self.int16(0) + Self.int32(Int(type.rawValue)) + Self.int16(0) + Self.int32(-1)
            body += Self.int16(0)
        }
        message("T", body)
    }

    mutating func parameters(_ types: [OID]) { message("t", Self.int16(types.count) + types.flatMap { Self.int32(Int($0.rawValue)) }) }

    mutating func row(_ values: [[UInt8]?]) {
        message("D", Self.int16(values.count) + values.flatMap { value in value.map { Self.int32($0.count) + $0 } ?? Self.int32(-1) })
    }
}

extension Conversation {
    /// Takes everything that a server has sent.
    /// - Returns: What has happened, as far as it is of interest.
    mutating func receive(_ bytes: [UInt8]) throws -> [Event] {
        var events: [Event] = []
        try bytes.withUnsafeBytes { all in
            var offset = 0
            while let message = try BackendMessage.next(in: all, at: &offset, limit: 1 << 20) {
                let event = try receive(message)
                if case .none = event { continue }
                events.append(event)
            }
        }
        return events
    }
}
