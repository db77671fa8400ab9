import SwiftSyntax

/// Fields in Protocol Buffers.
extension [SchemaField] {
    private var numbered: [(field: SchemaField, number: Int)] {
        Array<(SchemaField, Int)>(zip(self, map { (syntax: $0.syntax, number: $0.number) }.numbers)).map { (field: $0, number: $1) }
    }

    /// The statements that read a message and return what `make` builds from the fields. The writer of a message knows the default values
    /// too, so a missing optional field is `nil` and a missing list or map is empty; default values apply only to other fields.
    /// - Parameter checks: The functions that check the value as a whole.
    func reading(make: String, checks: [String] = []) -> [String] {
        guard !isEmpty else { return ["while try message.nextField() != nil { try message.skip() }", "return \(make)"] }
        return (checks.isEmpty ? [] : ["let faults = message.faultCount"])
            + map { "var \($0.local): \($0.type.text)?\($0.type.isOptional ? " = .some(nil)" : "")" }
            + .block(
                "while let field = try message.nextField() {",
                ["switch field {"] + numbered.map { "case \($1): try message.read(&\($0.local), \($0.key.literal))" }
                    + ["default: try message.skip()", "}"])
            + filter { !$0.type.isOptional }.map { "message.settle(&\($0.local), \($0.fallback.map { "else: \($0)" } ?? $0.key.literal))" }
            + flatMap { field in field.checks.map { $0.call(on: "message", field.readValue, at: field.key.literal) } }
            + ["guard \(map { "let \($0.local)" }.joined(separator: ", ")) else { return nil }"]
            + checks.returning(make, on: "message.check(since: faults)")
    }

    /// The statements that write the fields.
    /// - Parameter value: Returns the expression of a field's value.
    func writing(value: (SchemaField) -> String) -> [String] {
        numbered.map { field, number in
            let function = field.fallback == nil || field.type.isOptional ? "field" : "present"
            return "message.\(function)(\(number), \(value(field)))"
        }
    }
}
