import SwiftSyntax
import SwiftSyntaxMacros

/// An enum with payloads as an object with one field, as proto3's JSON writes a oneof.
struct ChoiceExpansion: SchemaExpansion {
    let conformances = ["Schema"], isSendableByFields = true
    let members: () -> [[String]]

    init(_ declaration: EnumDeclSyntax, _ name: SchemaName, in context: some MacroExpansionContext, _ findings: inout Findings) {
        let type = declaration.name.text, access = AccessLevel(of: declaration.modifiers).memberModifier
        let cases = declaration.memberBlock.members.compactMap { $0.decl.as(EnumCaseDeclSyntax.self) }.flatMap { group in
            let description = DocComment(of: group).text
            let number = group.attributes.fieldNumber(&findings)
            return group.elements.map { ChoiceCase($0, of: type, description, number, &findings) }
        }
        let numbers = cases.map { (syntax: $0.syntax, number: $0.number) }
        numbers.checkNumbers(&findings)
        for (index, one) in cases.enumerated() where cases[..<index].contains(where: { $0.name == one.name }) {
            findings.error("another case is named `\(one.name)`, and the name is the key: give this one a name of its own", at: one.syntax)
        }
        let numbered = Array(zip(cases, numbers.numbers))
        members = {
            [
                .block(
                    "\(access)static var schema: RoostSchema.JSONSchema {",
                    JSONSchemaSource.choice(
                        name.source, DocComment(of: declaration).text, cases.flatMap { $0.documentation(name, in: context) })),
                .block(
                    "\(access)static func decode(from json: inout RoostSchema.JSONReader) throws(RoostSchema.JSONError) -> \(type)? {",
                    cases.flatMap(\.payloadReader) + Self.decoding(cases, type, cases.map(\.name).joined(separator: ", "))),
                .block(
                    "\(access)func encode(to json: inout RoostSchema.JSONWriter) {",
                    ["switch self {"] + cases.flatMap(\.encoding) + ["}", "json.literal(\"}\")"]),
                .block(
                    "\(access)static func decode(from message: inout RoostSchema.ProtobufReader) throws(RoostSchema.ProtobufError) -> \(type)? {",
                    cases.flatMap(\.messageReader) + Self.reading(numbered, type, cases.map(\.name).joined(separator: ", "))),
                .block(
                    "\(access)func encode(to message: inout RoostSchema.ProtobufWriter) {",
                    ["switch self {"] + numbered.flatMap { $0.writing(number: $1) } + ["}"]),
            ]
        }
    }

    /// A oneof: of the cases that are there the last one counts.
    private static func reading(_ cases: [(ChoiceCase, Int)], _ type: String, _ names: String) -> [String] {
        ["var value: \(type)?", "let faults = message.faultCount"]
            + .block(
                "while let field = try message.nextField() {",
                ["switch field {"] + cases.flatMap { $0.reading(number: $1) } + ["default: try message.skip()", "}"])
            + ["message.requireChoice(value == nil, since: faults, of: \(names.literal))", "return value"]
    }

    private static func decoding(_ cases: [ChoiceCase], _ type: String, _ names: String) -> [String] {
        ["guard let start = try json.beginObject() else { return nil }", "var choice = RoostSchema.JSONChoice()", "var value: \(type)?"]
            + .block(
                "while let key = try json.nextKey(&choice) {",
                ["switch key {"] + cases.flatMap(\.decoding) + ["default: try json.skipUnknown(&choice)", "}"])
            + ["json.require(choice, of: \(names.literal), at: start)", "return value"]
    }
}

/// A case of a choice.
struct ChoiceCase {
    let name: String
    let syntax: TokenSyntax
    /// The number that `@Field` gives it.
    let number: Int?
    private let identifier: String
    private let description: String
    private let type: String
    /// The payload's fields, where it is an object.
    private let fields: [SchemaField]
    /// The payload's type, where it is a single value without a label.
    private let single: TypeShape?

    init(_ element: EnumCaseElementSyntax, of type: String, _ description: String, _ number: Int?, _ findings: inout Findings) {
        let parameters = element.parameterClause.map { Array($0.parameters) } ?? []
        syntax = element.name
        syntax.checkKey(&findings)
        syntax.checkCase(&findings)
        name = element.name.text.unquoted
        identifier = element.name.text
        self.type = type
        self.description = description
        self.number = number
        if parameters.count == 1, parameters[0].firstName == nil {
            single = TypeShape(parameters[0].type)
            single?.check(&findings)
            fields = []
        } else {
            single = nil
            fields = parameters.compactMap { $0.schemaField(&findings) }
        }
    }

    /// What a document says of the case.
    /// - Parameter outer: the enum's name, which that of the payload begins with.
    func documentation(_ outer: SchemaName, in context: some MacroExpansionContext) -> [String] {
        let documentation =
            (description.isEmpty ? "" : ", description: \(description.literal)") + (number.map { ", number: \($0)" } ?? "")
        if let single {
            let line = "RoostSchema.JSONSchema.Field(\(name.literal), \(single.schema)\(documentation))"
            return single.isKnown ? [line] : context.line(line, asAt: syntax)
        }
        let payload = outer.source(of: name.prefix(1).uppercased() + name.dropFirst())
        let object = JSONSchemaSource.object(payload, "", fields.flatMap { $0.documentation(outer.generics, in: context) })
        var lines = ["RoostSchema.JSONSchema.Field(\(name.literal), \(object[0])"] + object.dropFirst()
        lines[lines.count - 1] += documentation + ")"
        return lines
    }

    /// A local function that reads the payload, where it is an object.
    var payloadReader: [String] {
        guard single == nil else { return [] }
        let arguments = fields.map { "\($0.label): \($0.local)" }.joined(separator: ", ")
        return .block(
            "func \(reader)(_ json: inout RoostSchema.JSONReader) throws(RoostSchema.JSONError) -> \(type)? {",
            fields.decoding(make: identifier.member + (fields.isEmpty ? "" : "(\(arguments))")))
    }

    private var reader: String { "read" + name.prefix(1).uppercased() + name.dropFirst() }

    /// A local function that reads the payload's message, where it is one of its own.
    var messageReader: [String] {
        guard single == nil else { return [] }
        let arguments = fields.map { "\($0.label): \($0.local)" }.joined(separator: ", ")
        return .block(
            "func \(reader)(_ message: inout RoostSchema.ProtobufReader) throws(RoostSchema.ProtobufError) -> \(type)? {",
            fields.reading(make: identifier.member + (fields.isEmpty ? "" : "(\(arguments))")))
    }

    func reading(number: Int) -> [String] {
        if let single {
            let payload = "message.single(\(name.literal), as: \(single.text).self)"
            return ["case \(number): value = try \(payload).map { \(identifier.member)($0) } ?? value"]
        }
        return ["case \(number): value = try message.payload(\(name.literal), \(reader)) ?? value"]
    }

    func writing(number: Int) -> [String] {
        if single != nil { return ["case .\(identifier)(let value): message.single(\(number), value)"] }
        guard !fields.isEmpty else { return ["case .\(identifier): message.delimited(\(number)) { _ in }"] }
        return .block(
            "case .\(identifier)(\(fields.map { "let \($0.local)" }.joined(separator: ", "))):",
            .block("message.delimited(\(number)) { message in", fields.writing(value: \.local)), ""
        ).dropLast()
    }

    var decoding: [String] {
        if let single { return ["case \(name.literal): value = try \(single.decoding).map { \(identifier.member)($0) }"] }
        return ["case \(name.literal): value = try \(reader)(&json)"]
    }

    var encoding: [String] {
        let opening = "{\"\(name)\":"
        if let single {
            return .block(
                "case .\(identifier)(let value):", ["json.literal(\(opening.literal))", single.encoding("value")], ""
            ).dropLast()
        }
        guard !fields.isEmpty else { return ["case .\(identifier): json.literal(\((opening + "{}").literal))"] }
        return .block(
            "case .\(identifier)(\(fields.map { "let \($0.local)" }.joined(separator: ", "))):",
            fields.encoding(opening: opening + "{", value: \.local) + ["json.literal(\"}\")"], ""
        ).dropLast()
    }
}

extension EnumCaseParameterSyntax {
    fileprivate func schemaField(_ findings: inout Findings) -> SchemaField? {
        guard let label = firstName, label.tokenKind != .wildcard else {
            findings.error("label each value of the case: the labels are the keys", at: type)
            return nil
        }
        label.checkKey(&findings)
        let shape = TypeShape(type)
        shape.check(&findings)
        return SchemaField(
            syntax: label, name: label.text.unquoted, identifier: label.text, type: shape, fallback: defaultValue?.value.trimmedDescription,
            description: "", checks: [])
    }
}
