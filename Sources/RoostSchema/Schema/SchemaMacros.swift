/// Makes a struct or an enum a schema: decoders for JSON and Protocol Buffers that validate as they read and report every fault at once,
/// encoders for both, and a JSON Schema whose descriptions are the doc comments.
///
/// - A struct is an object. An optional field may be left out or `null`; a field with a default value may be left out.
/// - A struct that is `RawRepresentable`, such as a typed identifier, is its `rawValue`, in a path and a query too. What `init?(rawValue:)`
///   refuses is a fault.
/// - An enum without payloads is a string: the case's raw value, or its name.
/// - An enum with payloads is an object with one field, named after the case, that holds the payload: a single unlabelled
///   value as it is, several values as an object, and no values as an empty object.
/// - In Protocol Buffers an object is a message, a string of an enum an enumeration, and an enum with payloads a message with a oneof. Fields, cases
///   and values are numbered from 1 in their order, unless `@Field` says otherwise.
///
/// A type of another program's API is spelled as that program spells it:
/// ```swift
/// @Schema(fields: .snakeCase, omitsNil: true)
/// struct TokenResponse {
///     var accessToken: String            // "access_token"
///     var expiresIn: Int                 // "expires_in"
///     var refreshToken: String?          // left out if it is nil
///     @Field("id_token") var identity: String?
/// }
/// ```
/// - Parameters:
///   - fields: How keys are derived from the names of fields; of an enum with payloads, of the names of its cases and their labels.
///   - omitsNil: Whether fields that are `nil` are left out of JSON; they are written as `null` otherwise. Either is read.
@attached(
    member, names: named(init), named(schema), named(decode), named(encode), named(check), named(parameter), named(parameterSchema),
    named(protobufKind))
@attached(extension, conformances: Schema, ParameterValue, Sendable)
public macro Schema(fields: FieldNaming = .asWritten, omitsNil: Bool = false) =
    #externalMacro(module: "RoostMacros", type: "SchemaMacro")

/// Adds rules to a field of a `@Schema` type: `@Check(.length(1...200))`, `@Check(.range(0...))`, `@Check(.format(.email))`.
///
/// Without rules, it marks a function of a struct that checks several fields together, after each has passed its own rules:
/// ```swift
/// @Check func endsAfterItBegins(_ faults: inout FaultCollector) {
///     if end <= start { faults.fault("order", "must be after start", at: "end") }
/// }
/// ```
@attached(peer)
public macro Check(_ rules: Check...) = #externalMacro(module: "RoostMacros", type: "CheckMacro")

/// Sets the number of a field, or of a case of an enum, in Protocol Buffers. Readers know the field by its number, so it must not change.
/// - Parameters:
///   - number: A number from 1 to 536,870,911, except 19,000 to 19,999 (Protocol Buffers Language Guide, "Assigning Field Numbers").
///   - deprecated: Whether new callers should not use it, which documents then say.
@attached(peer)
public macro Field(_ number: Int, deprecated: Bool = false) = #externalMacro(module: "RoostMacros", type: "FieldMacro")

/// Sets the name of a field, or of a case of an enum with payloads, in JSON. The name in Protocol Buffers is derived from it.
/// - Parameters:
///   - key: The key.
///   - number: The number in Protocol Buffers; by default, that of its position.
///   - deprecated: Whether new callers should not use it, which documents then say.
@attached(peer)
public macro Field(_ key: StaticString, number: Int? = nil, deprecated: Bool = false) =
    #externalMacro(module: "RoostMacros", type: "FieldMacro")

/// Marks a field, or a case of an enum with payloads, as deprecated: new callers should not use it.
@attached(peer)
public macro Field(deprecated: Bool) = #externalMacro(module: "RoostMacros", type: "FieldMacro")

/// Provides an example of a field's value for documents, as JSON: `@Example("ada@example.com")`.
@attached(peer)
public macro Example(_ value: JSONValue) = #externalMacro(module: "RoostMacros", type: "ExampleMacro")

/// Marks the case of an enum that stands for all those which a newer version of another program may send and this one does not know. Without
/// such a case they are faults.
///
/// ```swift
/// @Schema enum Status: String {
///     case pending, paid
///     @Unknown case other
/// }
/// ```
@attached(peer)
public macro Unknown() = #externalMacro(module: "RoostMacros", type: "UnknownMacro")
