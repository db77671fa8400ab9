/// A change of a value in a PATCH: a field of a JSON merge patch (RFC 7396), in which an absent key and `null` have different meanings.
///
/// ```swift
/// @Schema struct ProfileChange {
///     @Check(.length(1...80)) var nickname: Change<String>
/// }
/// change.nickname.apply(to: &profile.nickname)
/// ```
/// In Protocol Buffers it is a message with an optional field: no message keeps the value, and an empty one clears it.
public enum Change<Value> {
    /// Keeps the value: the key is absent.
    case keep
    /// Removes the value: the key is `null`.
    case clear
    /// Replaces the value.
    case set(Value)

    /// The value that replaces the other one, if any.
    @inlinable public var newValue: Value? { if case .set(let value) = self { value } else { nil } }

    /// Applies the change.
    @inlinable
    public func apply(to value: inout Value?) {
        switch self {
        case .keep: break
        case .clear: value = nil
        case .set(let new): value = new
        }
    }
}

extension Change: Sendable where Value: Sendable {}
extension Change: Equatable where Value: Equatable {}
extension Change: Hashable where Value: Hashable {}

extension Change: JSONCodable, ProtobufCodable, Schema where Value: Schema {
    /// The schema of the value, or `null`.
    public static var schema: JSONSchema { Value.schema.orNull }

    /// Reads `null` as `clear`, and anything else as a new value.
    @inlinable
    public static func decode(from json: inout JSONReader) throws(DecodingFailure) -> Change? {
        if try json.takeNull() { return .clear }
        return try Value.decode(from: &json).map { .set($0) }
    }

    /// Writes the new value, or `null`. A kept value is omitted in a field.
    @inlinable
    public func encode(to json: inout JSONWriter) { newValue.encode(to: &json) }

    /// A message of its own.
    @inlinable public static var protobufKind: ProtobufKind { .box }

    /// Reads a message: an empty one is `clear`, and one with field 1 is a new value.
    @inlinable
    public static func decode(from message: inout ProtobufReader) throws(DecodingFailure) -> Change? {
        guard let value = try Value?.decode(from: &message) else { return nil }
        return value.map { .set($0) } ?? .clear
    }

    /// Writes the new value as field 1 of a message, or an empty message for `clear`.
    @inlinable public func encode(to message: inout ProtobufWriter) { newValue.encode(to: &message) }

    /// Checks the new value, if there is one.
    @inlinable
    public func check(_ faults: inout FaultCollector) { newValue?.check(&faults) }
}

extension JSONWriter {
    /// Writes a field, unless its value is kept.
    @inlinable
    public mutating func present<Value: Schema>(_ name: StaticString, _ value: Change<Value>) {
        if case .keep = value { return }
        key(name)
        value.encode(to: &self)
    }
}

extension ProtobufWriter {
    /// Writes a field, unless its value is kept.
    @inlinable
    public mutating func present<Value: Schema>(_ number: Int, _ value: Change<Value>) {
        if case .keep = value { return }
        single(number, value)
    }
}
