#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A value of a `Codable` type that cannot be marked `@Schema`, such as one from another package.
///
/// ```swift
/// @Schema struct Delivery { var route: Foreign<GeoJSON.LineString> }
/// ```
/// It is encoded with `JSONEncoder` and `JSONDecoder`. The first mismatch that the decoder finds becomes a fault at its place. Documents
/// describe it as any value, and in Protocol Buffers it is a `google.protobuf.Value`. It is several times slower than a schema.
public struct Foreign<Value: Codable & Sendable>: Sendable {
    /// The value.
    public var value: Value

    /// Wraps a value.
    public init(_ value: Value) { self.value = value }
}

extension Foreign: Equatable where Value: Equatable {}
extension Foreign: Hashable where Value: Hashable {}

extension Foreign: Schema {
    /// Any value.
    public static var schema: JSONSchema { .anything }

    /// Reads a value with `JSONDecoder`. Records the first thing that the decoder finds wrong as a fault.
    public static func decode(from json: inout JSONReader) throws(DecodingFailure) -> Foreign? {
        let start = json.position()
        try json.skipValue()
        switch read(Data(json.bytes(from: start))) {
        case .success(let value): return value
        case .failure(let mismatch):
            json.fault("type", mismatch.message, at: start, pointer: mismatch.pointer)
            return nil
        }
    }

    /// Writes the value, or `null` if it cannot be encoded, such as a number that is not finite.
    public func encode(to json: inout JSONWriter) { json.raw(text.map { String(decoding: $0, as: UTF8.self) } ?? "null") }

    /// Reads a `google.protobuf.Value`, and decodes its JSON with `JSONDecoder`.
    public static func decode(from message: inout ProtobufReader) throws(DecodingFailure) -> Foreign? {
        guard let value = try JSONValue.decode(from: &message) else { return nil }
        switch read(Data(JSON.encode(value))) {
        case .success(let value): return value
        case .failure(let mismatch):
            message.list.note("type", mismatch.message, pointer: mismatch.pointer)
            return nil
        }
    }

    /// Writes the JSON of the value as a `google.protobuf.Value`.
    public func encode(to message: inout ProtobufWriter) {
        let value = text.flatMap { try? JSON.decode(JSONValue.self, from: Array($0)) }
        (value ?? .null).encode(to: &message)
    }

    /// Finds a fault in a value that `JSONEncoder` cannot encode.
    public func check(_ faults: inout FaultCollector) {
        if text == nil { faults.lose("type", "must be a value that JSON can hold") }
    }

    private var text: Data? {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        return try? encoder.encode(value)
    }

    private static func read(_ text: Data) -> Result<Foreign, ForeignMismatch> {
        do {
            return .success(Foreign(try JSONDecoder().decode(Value.self, from: text)))
        } catch {
            return .failure(ForeignMismatch(error))
        }
    }
}

/// Why a decoder refuses a JSON text.
private struct ForeignMismatch: Error {
    var pointer = ""
    var message = "must be a value of its type"

    init(_ error: any Error) {
        switch error as? DecodingError {
        case .keyNotFound(let key, let context):
            pointer = Self.pointer(context.codingPath + [key])
            message = "is required"
        case .typeMismatch(_, let context), .valueNotFound(_, let context), .dataCorrupted(let context):
            pointer = Self.pointer(context.codingPath)
        default: break
        }
    }

    private static func pointer(_ path: [any CodingKey]) -> String {
        path.map { JSONPointer.step($0.intValue.map(String.init) ?? $0.stringValue) }.joined()
    }
}
