/// Makes a struct or an enum a schema: decoders for JSON and Protocol Buffers that validate as they read and report every fault at once,
/// encoders for both, and a JSON Schema whose descriptions are the doc comments.
///
/// - A struct is an object. An optional field may be left out or `null`; a field with a default value may be left out.
/// - A struct that is `RawRepresentable`, such as a typed identifier, is its `rawValue`, in a path and a query too. What `init?(rawValue:)`
///   refuses is a fault.
/// - An enum without payloads is a string: the case's raw value, or its name.
/// - An enum with payloads is an object with one field, named after the case, that holds the payload: of a single
///   unlabelled value the value itself, of several an object, of none an empty object.
/// - In Protocol Buffers an object is a message, a string of an enum an enumeration, and an enum with payloads a message with a oneof. Fields, cases
///   and values are numbered from 1 in their order, unless `@Field` says otherwise.
@attached(
    member, names: named(init), named(schema), named(decode), named(encode), named(parameter), named(parameterSchema),
    named(protobufKind))
@attached(extension, conformances: Schema, ParameterValue, Sendable)
public macro Schema() = #externalMacro(module: "RoostMacros", type: "SchemaMacro")

/// Adds rules to a field of a `@Schema` type: `@Check(.length(1...200))`, `@Check(.range(0...))`, `@Check(.format(.email))`.
@attached(peer)
public macro Check(_ rules: Check...) = #externalMacro(module: "RoostMacros", type: "CheckMacro")

/// Numbers a field, or a case of an enum, in Protocol Buffers: a number that readers in the field know it by, which must stay.
/// - Parameter number: from 1 to 536,870,911, but for 19,000 to 19,999 (Protocol Buffers Language Guide, "Assigning Field Numbers").
@attached(peer)
public macro Field(_ number: Int) = #externalMacro(module: "RoostMacros", type: "FieldMacro")
