import SwiftSyntax
import SwiftSyntaxMacros

/// A struct, encoded as an object.
struct StructExpansion: SchemaExpansion {
    let conformances = ["Schema"]
    let isSendableByFields: Bool
    let members: () -> [[String]]

    init(
        _ declaration: StructDeclSyntax, _ name: SchemaName, _ options: SchemaOptions, in context: some MacroExpansionContext,
        _ findings: inout Findings
    ) {
        let fields = declaration.schemaFields(options, &findings), checks = declaration.wholeChecks(&findings)
        // The storage of a `lazy` property is not a field.
        isSendableByFields = !declaration.hasLazyProperty
        let type = declaration.name.text, access = AccessLevel(of: declaration.modifiers).memberModifier
        members = {
            let arguments = fields.map { "\($0.label): \($0.local)" }.joined(separator: ", ")
            let members: [[String]] = [
                .block(
                    "\(access)static var schema: RoostSchema.JSONSchema {",
                    JSONSchemaSource.object(
                        name.source, DocComment(of: declaration).text, fields.flatMap { $0.documentation(name.generics, in: context) })),
                .block(
                    "\(access)static func decode(from json: inout RoostSchema.JSONReader) throws(RoostSchema.DecodingFailure) -> \(type)? {",
                    fields.decoding(make: "\(type)(\(arguments))", checks: checks)),
                .block("\(access)func encode(to json: inout RoostSchema.JSONWriter) {", Self.encoding(fields)),
                .block(
                    "\(access)static func decode(from message: inout RoostSchema.ProtobufReader) throws(RoostSchema.DecodingFailure) -> \(type)? {",
                    fields.reading(make: "\(type)(\(arguments))", checks: checks)),
                .block("\(access)func encode(to message: inout RoostSchema.ProtobufWriter) {", fields.writing(value: Self.value)),
            ]
            return (declaration.memberwiseInitializer(fields).map { [$0] } ?? []) + members
                + (fields.checking(value: Self.value) + Self.checking(checks)).checkFunction(access)
        }
    }

    /// These run after the fields have been checked, so the functions can rely on the fields' rules.
    private static func checking(_ functions: [String]) -> [String] {
        functions.isEmpty ? [] : .block("if faults.isEmpty {", functions.map { "self.\($0)(&faults)" })
    }

    private static func encoding(_ fields: [SchemaField]) -> [String] {
        guard !fields.isEmpty else { return ["json.literal(\"{}\")"] }
        return fields.encoding(opening: "{", value: value) + ["json.literal(\"}\")"]
    }

    private static func value(of field: SchemaField) -> String {
        field.local == field.identifier ? field.identifier : "self.\(field.identifier)"
    }
}

/// The source of a JSON Schema.
enum JSONSchemaSource {
    /// - Parameters:
    ///   - name: The source of the name.
    ///   - fields: The lines of the fields.
    static func object(_ name: String, _ description: String, _ fields: [String]) -> [String] {
        named("object", name, description, fields)
    }

    static func choice(_ name: String, _ description: String, _ cases: [String]) -> [String] {
        named("choice", name, description, cases)
    }

    private static func named(_ kind: String, _ name: String, _ description: String, _ lines: [String]) -> [String] {
        let head = ".\(kind)(\(name)\(description.isEmpty ? "" : ", description: \(description.literal)")) {"
        return lines.isEmpty ? [head + "}"] : .block(head, lines.placed)
    }
}
