/// How the keys of a type's fields are derived from their names: `@Schema(fields: .snakeCase)`. `@Field("key")` sets the key of one field.
///
/// `@Schema` reads it at compile time. No value of this type is ever created.
public struct FieldNaming: Sendable {
    private init() {}

    /// The name itself: `requestID`.
    public static var asWritten: FieldNaming { FieldNaming() }
    /// Lower case with `_` between words: `request_id`.
    public static var snakeCase: FieldNaming { FieldNaming() }
    /// Lower case with `-` between words: `request-id`.
    public static var kebabCase: FieldNaming { FieldNaming() }
    /// With a capital at the beginning: `RequestID`.
    public static var pascalCase: FieldNaming { FieldNaming() }
}
