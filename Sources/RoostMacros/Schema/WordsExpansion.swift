import SwiftSyntax

/// An enum without associated values, encoded as a string.
struct WordsExpansion: SchemaExpansion {
    let conformances = ["Schema", "ParameterValue"], isSendableByFields = false
    let members: () -> [[String]]

    init(_ declaration: EnumDeclSyntax, _ name: SchemaName, _ options: SchemaOptions, _ findings: inout Findings) {
        options.checkNoFields(instead: "write the text of each case, as in `case sentOut = \"sent-out\"`", &findings)
        let unknown = declaration.unknownCase(&findings)
        if let rawType = declaration.rawNumberType {
            findings.error(
                "an enum without associated values is sent as a string: write `: String` instead of `: \(rawType.trimmedDescription)`",
                at: rawType)
        }
        if declaration.cases.isEmpty { findings.error("an enum without cases has no values", at: declaration.name) }
        let words = declaration.words(&findings)
        let access = AccessLevel(of: declaration.modifiers).memberModifier
        members = {
            [
                .block(
                    "\(access)static var schema: RoostSchema.JSONSchema {",
                    .block(".words(", Self.documentation(name, DocComment(of: declaration).text, words, unknown), ")")),
                ["\(access)static var parameterSchema: RoostSchema.JSONSchema { schema }"],
                [
                    "\(access)static func decode(from json: inout RoostSchema.JSONReader) throws(RoostSchema.DecodingFailure) -> Self? { try json.readWord() }"
                ],
                ["\(access)func encode(to json: inout RoostSchema.JSONWriter) { json.string(parameter) }"],
                .block(
                    "\(access)init?(parameter: Swift.String) {",
                    ["switch parameter.exact {"] + words.map { "case \($0.text.literal): self = .\($0.identifier)" } + [
                        unknown.map { "default: self = .\($0)" } ?? "default: return nil", "}",
                    ]),
                .block(
                    "\(access)var parameter: Swift.String {",
                    ["switch self {"] + words.map { "case .\($0.identifier): \($0.text.literal)" } + ["}"]),
                ["\(access)static var protobufKind: RoostSchema.ProtobufKind { .enumeration }"],
                .block(
                    "\(access)static func decode(from message: inout RoostSchema.ProtobufReader) throws(RoostSchema.DecodingFailure) -> Self? {",
                    ["switch try message.varint() {"] + words.map { "case \($0.number): return \($0.identifier.member)" }
                        + [unknown.map { "default: return \($0.member)" } ?? "default: return message.unknownWord()", "}"]),
                .block(
                    "\(access)func encode(to message: inout RoostSchema.ProtobufWriter) {",
                    ["switch self {"] + words.map { "case .\($0.identifier): message.varint(\($0.number))" } + ["}"]),
                ["\(access)func check(_ faults: inout RoostSchema.FaultCollector) {}"],
            ]
        }
    }

    private static func documentation(
        _ name: SchemaName, _ description: String, _ words: [SchemaWord], _ unknown: String?
    ) -> [String] {
        var lines = [name.source + (description.isEmpty ? "" : ", description: \(description.literal)")]
        lines += words.map { word in
            let description = word.description.isEmpty ? "" : ", description: \(word.description.literal)"
            let unknown = word.identifier == unknown ? ", isUnknown: true" : ""
            return "RoostSchema.JSONSchema.Word(\(word.text.literal), \(word.number)\(description)\(unknown))"
        }
        return lines.dropLast().map { $0 + "," } + lines.suffix(1)
    }
}

/// A case of an enum without associated values.
struct SchemaWord {
    let identifier: String
    let text: String
    let description: String
    let number: Int
}

extension EnumDeclSyntax {
    var cases: [EnumCaseElementSyntax] {
        memberBlock.members.flatMap { member in member.decl.as(EnumCaseDeclSyntax.self).map { Array($0.elements) } ?? [] }
    }

    fileprivate func words(_ findings: inout Findings) -> [SchemaWord] {
        let groups = memberBlock.members.compactMap { $0.decl.as(EnumCaseDeclSyntax.self) }
        let cases = groups.flatMap { group in
            let attribute = FieldAttribute(group.attributes, &findings)
            if attribute.key != nil {
                findings.error("the text of a case is its raw value: write it after the case, as in `case a = \"b\"`", at: group)
            }
            let description = DocComment(of: group).text
            return group.elements.map { (syntax: $0, number: attribute.number, description: description) }
        }
        cases.forEach { $0.syntax.name.checkCase(&findings) }
        let numbers = cases.map { (syntax: $0.syntax.name, number: $0.number) }
        numbers.checkNumbers(&findings)
        return zip(cases, numbers.numbers).map { word, number in
            SchemaWord(
                identifier: word.syntax.name.text, text: word.syntax.word(&findings), description: word.description, number: number)
        }
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
