/// Makes a struct or an enum a schema: a JSON decoder that validates as it reads and reports every fault at once, a JSON
/// encoder, and a JSON Schema whose descriptions are the doc comments.
///
/// - A struct is an object. An optional field may be left out or `null`; a field with a default value may be left out.
/// - An enum without payloads is a string: the case's raw value, or its name.
/// - An enum with payloads is an object with one field, named after the case, that holds the payload: of a single
///   unlabelled value the value itself, of several an object, of none an empty object.
@attached(
    member, names: named(init), named(schema), named(decode), named(encode), named(parameter), named(parameterSchema))
@attached(extension, conformances: Schema, ParameterValue)
public macro Schema() = #externalMacro(module: "RoostMacros", type: "SchemaMacro")

/// Adds rules to a field of a `@Schema` type: `@Check(.length(1...200))`, `@Check(.range(0...))`, `@Check(.format(.email))`.
@attached(peer)
public macro Check(_ rules: Check...) = #externalMacro(module: "RoostMacros", type: "CheckMacro")
