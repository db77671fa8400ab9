/// What a PATCH wants of a value: a field of a JSON merge patch (RFC 7396), where a key that is absent and one that is `null` mean different
/// things.
///
/// ```swift
/// @Schema struct ProfileChange {
///     @Check(.length(1...80)) var nickname: Change<String>
/// }
/// change.nickname.apply(to: &profile.nickname)
/// ```
/// In Protocol Buffers it is a message with an optional field: no message keeps the value, an empty one clears it.
public enum Change<Value> {
    /// Leaves the value as it is: the key is absent.
    case keep
    /// Takes the value away: the key is `null`.
    case clear
    /// Puts another value in its place.
    case set(Value)

    /// The value that is put in place of the other, if one is.
    @inlinable public var newValue: Value? { if case .set(let value) = self { value } else { nil } }

    /// Makes the change.
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
    public static var schema: JSONSchema { Value.schema.orNull }

    @inlinable
    public static func decode(from json: inout JSONReader) throws(DecodingFailure) -> Change? {
        if try json.takeNull() { return .clear }
        return try Value.decode(from: &json).map { .set($0) }
    }

    /// Where a value must stand, one that is kept is `null`; as a field it is left out.
    @inlinable
    public func encode(to json: inout JSONWriter) { newValue.encode(to: &json) }

    @inlinable public static var protobufKind: ProtobufKind { .box }

    @inlinable
    public static func decode(from message: inout ProtobufReader) throws(DecodingFailure) -> Change? {
        guard let value = try Value?.decode(from: &message) else { return nil }
        return value.map { .set($0) } ?? .clear
    }

    @inlinable public func encode(to message: inout ProtobufWriter) { newValue.encode(to: &message) }

    @inlinable
    public func check(_ faults: inout FaultCollector) { newValue?.check(&faults) }
}

extension JSONWriter {
    /// Writes a field, unless it is kept as it is.
    @inlinable
    public mutating func present<Value: Schema>(_ name: StaticString, _ value: Change<Value>) {
        if case .keep = value { return }
        key(name)
        value.encode(to: &self)
    }
}

extension ProtobufWriter {
    /// Writes a field, unless it is kept as it is.
    @inlinable
    public mutating func present<Value: Schema>(_ number: Int, _ value: Change<Value>) {
        if case .keep = value { return }
        single(number, value)
    }
}
