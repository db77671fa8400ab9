/// How expansions of `@Schema` and `@Contract` spell a schema, so that a type that is none is named by the compiler.
extension JSONSchema {
    /// A type's schema.
    public static func of<Value: Schema>(_ type: Value.Type) -> JSONSchema { Value.schema }

    /// A parameter's schema.
    public static func parameter<Value: ParameterValue>(_ type: Value.Type) -> JSONSchema { Value.parameterSchema }

    /// A named object.
    public static func object(
        _ name: String, description: String = "", @FieldList fields: @escaping @Sendable () -> [Field]
    ) -> JSONSchema { .object(name: name, description: description, fields: fields) }

    /// A named choice: an object with exactly one of these fields.
    public static func choice(
        _ name: String, description: String = "", @FieldList cases: @escaping @Sendable () -> [Field]
    ) -> JSONSchema { .choice(name: name, description: description, cases: cases) }

    /// A named list of words.
    public static func words(_ name: String, description: String = "", _ words: Word...) -> JSONSchema {
        .words(name: name, description: description, words)
    }

    /// Makes a list of the fields that a closure names.
    @resultBuilder
    public enum FieldList {
        /// A field that says no number has that of its place.
        public static func buildBlock(_ fields: Field...) -> [Field] {
            fields.enumerated().map { index, field in
                var field = field
                if field.number == 0 { field.number = index + 1 }
                return field
            }
        }
    }
}
