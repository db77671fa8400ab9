/// Builds schemas for the expansions of `@Schema` and `@Contract`, so that the compiler names a type without a schema.
extension JSONSchema {
    /// Returns the schema of a type.
    public static func of<Value: Schema>(_ type: Value.Type) -> JSONSchema { Value.schema }

    /// Returns the schema of a parameter's type.
    public static func parameter<Value: ParameterValue>(_ type: Value.Type) -> JSONSchema { Value.parameterSchema }

    /// Returns the schema of the type of a query parameter that can be given several times.
    public static func parameter<Value: ParameterValue>(_ type: [Value].Type) -> JSONSchema {
        .array(of: Value.parameterSchema).count(ParameterList.bounds)
    }

    /// Returns the schema of a named object.
    public static func object(
        _ name: String, description: String = "", @FieldList fields: @escaping @Sendable () -> [Field]
    ) -> JSONSchema { .object(name: name, description: description, fields: fields) }

    /// Returns the schema of a named choice: an object with exactly one of these fields.
    public static func choice(
        _ name: String, description: String = "", @FieldList cases: @escaping @Sendable () -> [Field]
    ) -> JSONSchema { .choice(name: name, description: description, cases: cases) }

    /// Returns the schema of a named enumeration.
    public static func words(_ name: String, description: String = "", _ words: Word...) -> JSONSchema {
        .words(name: name, description: description, words)
    }

    /// Collects the fields of an object or a choice.
    @resultBuilder
    public enum FieldList {
        /// Returns the fields. A field without a number gets that of its position.
        public static func buildBlock(_ fields: Field...) -> [Field] {
            fields.enumerated().map { index, field in
                var field = field
                if field.number == 0 { field.number = index + 1 }
                return field
            }
        }
    }
}
