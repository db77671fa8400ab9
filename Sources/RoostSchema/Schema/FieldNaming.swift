/// How the keys of a type's fields are made of their names: `@Schema(fields: .snakeCase)`. `@Field("key")` gives one field a key of its own.
///
/// `@Schema` reads it at compile time; no value of this type is ever made.
public struct FieldNaming: Sendable {
    private init() {}

    /// The key is the name: `requestID`.
    public static var asWritten: FieldNaming { FieldNaming() }
    /// Small letters, with `_` between words: `request_id`.
    public static var snakeCase: FieldNaming { FieldNaming() }
    /// Small letters, with `-` between words: `request-id`.
    public static var kebabCase: FieldNaming { FieldNaming() }
    /// A capital at the beginning: `RequestID`.
    public static var pascalCase: FieldNaming { FieldNaming() }
}
