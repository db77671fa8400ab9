import SwiftSyntax
import SwiftSyntaxMacros

/// An enum with associated values, encoded as an object with one field, as in proto3's JSON mapping of a oneof.
struct ChoiceExpansion: SchemaExpansion {
    let conformances = ["Schema"], isSendableByFields = true
    let members: () -> [[String]]

    init(
        _ declaration: EnumDeclSyntax, _ name: SchemaName, _ options: SchemaOptions, in context: some MacroExpansionContext,
        _ findings: inout Findings
    ) {
        let type = declaration.name.text, access = AccessLevel(of: declaration.modifiers).memberModifier
        let cases = declaration.memberBlock.members.compactMap { $0.decl.as(EnumCaseDeclSyntax.self) }.flatMap { group in
            let description = DocComment(of: group).text
            let attribute = FieldAttribute(group.attributes, &findings)
            return group.elements.map { ChoiceCase($0, of: type, description, attribute, options, &findings) }
        }
        let numbers = cases.map { (syntax: $0.syntax, number: $0.number) }
        numbers.checkNumbers(&findings)
        cases.map { (syntax: $0.syntax, key: $0.key) }.checkKeys("case", &findings)
        let unknown = declaration.unknownCase(&findings), keys = cases.map(\.key).joined(separator: ", ")
        let numbered = Array(zip(cases, numbers.numbers))
        members = {
            [
                .block(
                    "\(access)static var schema: RoostSchema.JSONSchema {",
                    JSONSchemaSource.choice(
                        name.source, DocComment(of: declaration).text, cases.flatMap { $0.documentation(name, in: context) })),
                .block(
                    "\(access)static func decode(from json: inout RoostSchema.JSONReader) throws(RoostSchema.DecodingFailure) -> \(type)? {",
                    cases.flatMap(\.payloadReader) + Self.decoding(cases, type, keys, unknown)),
                .block(
                    "\(access)func encode(to json: inout RoostSchema.JSONWriter) {",
                    ["switch self {"] + cases.flatMap(\.encoding) + ["}", "json.literal(\"}\")"]),
                .block(
                    "\(access)static func decode(from message: inout RoostSchema.ProtobufReader) throws(RoostSchema.DecodingFailure) -> \(type)? {",
                    cases.flatMap(\.messageReader) + Self.reading(numbered, type, keys, unknown)),
                .block(
                    "\(access)func encode(to message: inout RoostSchema.ProtobufWriter) {",
                    ["switch self {"] + numbered.flatMap { $0.writing(number: $1) } + ["}"]),
            ] + Self.checking(cases).checkFunction(access)
        }
    }

    /// The statements that check the associated values.
    private static func checking(_ cases: [ChoiceCase]) -> [String] {
        let checked = cases.map(\.checking)
        guard checked.contains(where: { !$0.isEmpty }) else { return [] }
        return ["switch self {"] + checked.flatMap(\.self) + (checked.contains { $0.isEmpty } ? ["default: break"] : []) + ["}"]
    }

    /// A oneof: if several cases are present, the last one counts.
    private static func reading(_ cases: [(ChoiceCase, Int)], _ type: String, _ names: String, _ unknown: String?) -> [String] {
        let other = unknown.map { ["default:"] + ["try message.skip()", "value = value ?? \($0.member)"].indented }
        return ["var value: \(type)?", "let faults = message.faultCount"]
            + .block(
                "while let field = try message.nextField() {",
                ["switch field {"] + cases.flatMap { $0.reading(number: $1) } + (other ?? ["default: try message.skip()"]) + ["}"])
            + ["message.requireChoice(value == nil, since: faults, of: \(names.literal))", "return value"]
    }

    private static func decoding(_ cases: [ChoiceCase], _ type: String, _ names: String, _ unknown: String?) -> [String] {
        let other = unknown.map { ["default:"] + ["try json.skipValue()", "value = \($0.member)"].indented }
        return [
            "guard let start = try json.beginObject() else { return nil }", "var choice = RoostSchema.JSONChoice()", "var value: \(type)?",
        ]
            + .block(
                "while let key = try json.nextKey(&choice) {",
                ["switch key {"] + cases.flatMap(\.decoding) + (other ?? ["default: try json.skipUnknown(&choice)"]) + ["}"])
            + ["json.require(choice, of: \(names.literal), at: start)", "return value"]
    }
}

/// A case of a choice.
struct ChoiceCase {
    let name: String
    let syntax: TokenSyntax
    let key: String
    /// What `@Field` specifies.
    private let attribute: FieldAttribute
    /// The number given by `@Field`.
    var number: Int? { attribute.number }
    private let identifier: String
    private let description: String
    private let type: String
    /// The fields of the payload, if it is an object.
    private let fields: [SchemaField]
    /// The type of the payload, if it is a single value without a label.
    private let single: TypeShape?

    init(
        _ element: EnumCaseElementSyntax, of type: String, _ description: String, _ attribute: FieldAttribute, _ options: SchemaOptions,
        _ findings: inout Findings
    ) {
        let parameters = element.parameterClause.map { Array($0.parameters) } ?? []
        syntax = element.name
        syntax.checkKey(&findings)
        syntax.checkCase(&findings)
        name = element.name.text.unquoted
        identifier = element.name.text
        key = attribute.key ?? options.naming.key(name)
        self.type = type
        self.description = description
        self.attribute = attribute
        if parameters.count == 1, parameters[0].firstName == nil {
            single = TypeShape(parameters[0].type)
            single?.check(&findings)
            fields = []
        } else {
            single = nil
            fields = parameters.compactMap { $0.schemaField(options, &findings) }
        }
    }

    /// The source of the case's documentation.
    /// - Parameter outer: The name of the enum, with which the name of the payload starts.
    func documentation(_ outer: SchemaName, in context: some MacroExpansionContext) -> [String] {
        let documentation =
            (description.isEmpty ? "" : ", description: \(description.literal)") + (number.map { ", number: \($0)" } ?? "")
            + (attribute.isDeprecated ? ", isDeprecated: true" : "")
        if let single {
            let line = "RoostSchema.JSONSchema.Field(\(key.literal), \(single.schema)\(documentation))"
            return single.isKnown ? [line] : context.line(line, asAt: syntax)
        }
        let payload = outer.source(of: name.prefix(1).uppercased() + name.dropFirst())
        let object = JSONSchemaSource.object(payload, "", fields.flatMap { $0.documentation(outer.generics, in: context) })
        var lines = ["RoostSchema.JSONSchema.Field(\(key.literal), \(object[0])"] + object.dropFirst()
        lines[lines.count - 1] += documentation + ")"
        return lines
    }

    /// A local function that reads the payload, if it is an object.
    var payloadReader: [String] {
        guard single == nil else { return [] }
        let arguments = fields.map { "\($0.label): \($0.local)" }.joined(separator: ", ")
        return .block(
            "func \(reader)(_ json: inout RoostSchema.JSONReader) throws(RoostSchema.DecodingFailure) -> \(type)? {",
            fields.decoding(make: identifier.member + (fields.isEmpty ? "" : "(\(arguments))")))
    }

    private var reader: String { "read" + name.prefix(1).uppercased() + name.dropFirst() }

    /// A local function that reads the payload's message, if it has one of its own.
    var messageReader: [String] {
        guard single == nil else { return [] }
        let arguments = fields.map { "\($0.label): \($0.local)" }.joined(separator: ", ")
        return .block(
            "func \(reader)(_ message: inout RoostSchema.ProtobufReader) throws(RoostSchema.DecodingFailure) -> \(type)? {",
            fields.reading(make: identifier.member + (fields.isEmpty ? "" : "(\(arguments))")))
    }

    func reading(number: Int) -> [String] {
        if let single {
            let payload = "message.single(\(key.literal), as: \(single.text).self)"
            return ["case \(number): value = try \(payload).map { \(identifier.member)($0) } ?? value"]
        }
        return ["case \(number): value = try message.payload(\(key.literal), \(reader)) ?? value"]
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
        if let single { return ["case \(key.literal): value = try \(single.decoding).map { \(identifier.member)($0) }"] }
        return ["case \(key.literal): value = try \(reader)(&json)"]
    }

    /// The branch that checks the payload; empty if there is nothing to check.
    var checking: [String] {
        if let single {
            return single.isAlwaysValid ? [] : ["case .\(identifier)(let value): faults.check(value, \(key.literal))"]
        }
        let checks = fields.checking(value: \.local)
        if checks.isEmpty { return [] }
        let bindings = fields.map { $0.type.isAlwaysValid && $0.checks.isEmpty ? "_" : "let \($0.local)" }.joined(separator: ", ")
        return .block(
            "case .\(identifier)(\(bindings)):", .block("faults.payload(\(key.literal)) { faults in", checks), ""
        ).dropLast()
    }

    var encoding: [String] {
        let opening = "{\"\(key)\":"
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
    fileprivate func schemaField(_ options: SchemaOptions, _ findings: inout Findings) -> SchemaField? {
        guard let label = firstName, label.tokenKind != .wildcard else {
            findings.error("label each value of the case: the labels are the keys", at: type)
            return nil
        }
        label.checkKey(&findings)
        let shape = TypeShape(type)
        shape.check(&findings)
        return SchemaField(
            syntax: label, name: label.text.unquoted, key: options.naming.key(label.text.unquoted), identifier: label.text, type: shape,
            fallback: defaultValue?.value.trimmedDescription ?? (shape.isChange ? ".keep" : nil), description: "", checks: [],
            attribute: FieldAttribute(), omitsNil: options.omitsNil)
    }
}
