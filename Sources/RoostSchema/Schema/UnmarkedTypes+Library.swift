/// Types of the library without a schema. Expansions name a type with such a spelling, because it may also be the user's own.
extension JSONSchema {
    /// Returns the schema of a type.
    public static func of<Value: Schema, Part: Schema>(_ type: Value.Type, holding part: Part.Type) -> JSONSchema { Value.schema }

    /// Refuses a type that contains one without a schema.
    @_disfavoredOverload
    @available(*, unavailable, message: "a type that is sent must be a schema: mark it @Schema")
    public static func of<Value, Part>(_ type: Value.Type, holding part: Part.Type) -> JSONSchema { .string }

    /// Refuses a type that contains a `Character`.
    @available(*, unavailable, message: "Character is not a schema: use a String with @Check(.length(1...1))")
    public static func of<Value>(_ type: Value.Type, holding part: Character.Type) -> JSONSchema { .string }
}
