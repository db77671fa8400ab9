import SwiftSyntax

/// A struct as an object.
struct StructExpansion: SchemaExpansion {
    let conformances: Set = ["Schema"]
    let members: [[String]]

    init(_ declaration: StructDeclSyntax, _ name: SchemaName, _ findings: inout Findings) {
        let fields = declaration.schemaFields(&findings)
        let type = declaration.name.text, access = AccessLevel(of: declaration.modifiers).memberModifier
        let arguments = fields.map { "\($0.label): \($0.local)" }.joined(separator: ", ")
        let members: [[String]] = [
            .block(
                "\(access)static var schema: JSONSchema {",
                JSONSchemaSource.object(name.source, DocComment(of: declaration).text, fields)),
            .block(
                "\(access)static func decode(from json: inout JSONReader) throws(JSONError) -> \(type)? {",
                fields.decoding(make: "\(type)(\(arguments))")),
            .block("\(access)func encode(to json: inout JSONWriter) {", Self.encoding(fields)),
        ]
        self.members = (declaration.memberwiseInitializer(fields).map { [$0] } ?? []) + members
    }

    private static func encoding(_ fields: [SchemaField]) -> [String] {
        guard !fields.isEmpty else { return ["json.literal(\"{}\")"] }
        return fields.encoding(opening: "{") { field in
            field.local == field.identifier ? field.identifier : "self.\(field.identifier)"
        } + ["json.literal(\"}\")"]
    }
}

/// The source of a JSON Schema.
enum JSONSchemaSource {
    /// - Parameter name: the name's source.
    static func object(_ name: String, _ description: String, _ fields: [SchemaField]) -> [String] {
        let documentation = description.isEmpty ? "" : ", description: \(description.literal)"
        return named("object", name, documentation, "fields", fields.map(\.documentation))
    }

    static func choice(_ name: String, _ description: String, _ cases: [[String]]) -> [String] {
        let documentation = description.isEmpty ? "" : ", description: \(description.literal)"
        return named("choice", name, documentation, "cases", cases.flatMap(\.self))
    }

    private static func named(_ kind: String, _ name: String, _ documentation: String, _ label: String, _ lines: [String]) -> [String] {
        let head = ".\(kind)(name: \(name)\(documentation), \(label): {"
        return lines.isEmpty ? [head + " [] })"] : .block(head + " [", lines, "] })")
    }
}
