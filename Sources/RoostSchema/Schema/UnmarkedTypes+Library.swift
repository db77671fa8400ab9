/// Types of the library that are no schemas. An expansion names one that is spelled so, as the type may as well be the user's own.
extension JSONSchema {
    /// A type's schema.
    public static func of<Value: Schema, Part: Schema>(_ type: Value.Type, holding part: Part.Type) -> JSONSchema { Value.schema }

    @_disfavoredOverload
    @available(*, unavailable, message: "a type that travels is a schema: mark it @Schema")
    public static func of<Value, Part>(_ type: Value.Type, holding part: Part.Type) -> JSONSchema { .string }

    @available(*, unavailable, message: "Character is no schema: use a String with @Check(.length(1...1))")
    public static func of<Value>(_ type: Value.Type, holding part: Character.Type) -> JSONSchema { .string }
}
