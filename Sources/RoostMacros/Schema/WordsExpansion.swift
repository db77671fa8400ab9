import SwiftSyntax

/// An enum without payloads as a string.
struct WordsExpansion: SchemaExpansion {
    let conformances: Set = ["Schema", "ParameterValue"]
    let members: [[String]]

    init(_ declaration: EnumDeclSyntax, _ findings: inout Findings) {
        if let rawType = declaration.rawNumberType {
            findings.error("a schema's enum is a string: write `: String` in place of `: \(rawType.trimmedDescription)`", at: rawType)
        }
        if declaration.cases.isEmpty { findings.error("an enum without cases has no values", at: declaration.name) }
        let words = declaration.cases.map { (identifier: $0.name.text, text: $0.word(&findings)) }
        let access = AccessLevel(of: declaration.modifiers).memberModifier
        members = [
            ["\(access)static var schema: JSONSchema { .strings([\(words.map(\.text.literal).joined(separator: ", "))]) }"],
            ["\(access)static var parameterSchema: JSONSchema { schema }"],
            ["\(access)static func decode(from json: inout JSONReader) throws(JSONError) -> Self? { try json.readWord() }"],
            ["\(access)func encode(to json: inout JSONWriter) { json.string(parameter) }"],
            .block(
                "\(access)init?(parameter: String) {",
                ["switch parameter {"] + words.map { "case \($0.text.literal): self = .\($0.identifier)" } + ["default: return nil", "}"]),
            .block(
                "\(access)var parameter: String {",
                ["switch self {"] + words.map { "case .\($0.identifier): \($0.text.literal)" } + ["}"]),
        ]
    }
}

extension EnumDeclSyntax {
    var cases: [EnumCaseElementSyntax] {
        memberBlock.members.flatMap { member in member.decl.as(EnumCaseDeclSyntax.self).map { Array($0.elements) } ?? [] }
    }

    fileprivate var rawNumberType: TypeSyntax? {
        let numbers: Set = [
            "Int", "Int8", "Int16", "Int32", "Int64", "UInt", "UInt8", "UInt16", "UInt32", "UInt64", "Double", "Float", "Character",
        ]
        return inheritanceClause?.inheritedTypes.map(\.type).first { numbers.contains($0.trimmedDescription) }
    }
}

extension EnumCaseElementSyntax {
    fileprivate func word(_ findings: inout Findings) -> String {
        guard let rawValue else { return name.text.unquoted }
        if let text = rawValue.value.plainText { return text }
        findings.error("write the raw value as a plain string", at: rawValue.value)
        return ""
    }
}
