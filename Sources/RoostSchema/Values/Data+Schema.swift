#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Bytes are base64 in JSON (RFC 4648 §4), and `bytes` in Protocol Buffers.
extension Data: Schema {
    /// A string in the format `byte`.
    public static var schema: JSONSchema { .bytes }

    /// Reads bytes from base64.
    public static func decode(from json: inout JSONReader) throws(DecodingFailure) -> Data? {
        let start = json.position()
        guard let text = try json.readString() else { return nil }
        if let bytes = Data(base64Encoded: text) { return bytes }
        json.fault("format", "must be base64 (RFC 4648 §4)", at: start)
        return nil
    }

    /// Writes the bytes in base64.
    public func encode(to json: inout JSONWriter) { json.plain(base64EncodedString()) }

    /// Bytes, which have the same wire format as a string.
    public static var protobufKind: ProtobufKind { .text }

    /// Reads the bytes.
    public static func decode(from message: inout ProtobufReader) throws(DecodingFailure) -> Data? { Data(message.bytes()) }

    /// Writes the bytes.
    public func encode(to message: inout ProtobufWriter) { message.content(self) }
}

extension ProtobufWriter {
    fileprivate mutating func content(_ bytes: Data) {
        bytes.withUnsafeBytes { output.append($0.bindMemory(to: UInt8.self)) }
    }
}
