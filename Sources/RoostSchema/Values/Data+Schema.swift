#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Bytes: in JSON as base 64 (RFC 4648 §4), in Protocol Buffers as `bytes`.
extension Data: Schema {
    public static var schema: JSONSchema { .bytes }

    public static func decode(from json: inout JSONReader) throws(DecodingFailure) -> Data? {
        let start = json.position()
        guard let text = try json.readString() else { return nil }
        if let bytes = Data(base64Encoded: text) { return bytes }
        json.fault("format", "must be base 64 (RFC 4648 §4)", at: start)
        return nil
    }

    public func encode(to json: inout JSONWriter) { json.plain(base64EncodedString()) }

    public static var protobufKind: ProtobufKind { .text }

    public static func decode(from message: inout ProtobufReader) throws(DecodingFailure) -> Data? { Data(message.bytes()) }

    public func encode(to message: inout ProtobufWriter) { message.content(self) }
}

extension ProtobufWriter {
    fileprivate mutating func content(_ bytes: Data) {
        bytes.withUnsafeBytes { output.append($0.bindMemory(to: UInt8.self)) }
    }
}
