import SwiftSyntax

/// Fields in Protocol Buffers.
extension [SchemaField] {
    private var numbered: [(field: SchemaField, number: Int)] {
        Array<(SchemaField, Int)>(zip(self, map { (syntax: $0.syntax, number: $0.number) }.numbers)).map { (field: $0, number: $1) }
    }

    /// The statements that read a message and return what `make` builds of the fields.
    func reading(make: String) -> [String] {
        guard !isEmpty else { return ["while try message.nextField() != nil { try message.skip() }", "return \(make)"] }
        return map { "var \($0.local): \($0.type.text)?\($0.initial)" }
            + .block(
                "while let field = try message.nextField() {",
                ["switch field {"] + numbered.map { "case \($1): try message.read(&\($0.local), \($0.name.literal))" }
                    + ["default: try message.skip()", "}"])
            + filter(\.isRequired).map { "message.settle(&\($0.local), \($0.name.literal))" }
            + flatMap { field in
                let value = field.type.isOptional ? "\(field.local) ?? nil" : field.local
                return field.checks.map { "message.check(\($0.rule): \($0.argument), of: \(value), \(field.name.literal))" }
            }
            + ["guard \(map { "let \($0.local)" }.joined(separator: ", ")) else { return nil }", "return \(make)"]
    }

    /// The statements that write the fields.
    /// - Parameter value: the expression of a field's value.
    func writing(value: (SchemaField) -> String) -> [String] {
        numbered.map { field, number in
            let function = field.fallback == nil || field.type.isOptional ? "field" : "present"
            return "message.\(function)(\(number), \(value(field)))"
        }
    }
}
