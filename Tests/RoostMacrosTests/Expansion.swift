import RoostMacros
import SwiftParser
import SwiftSyntax
import SwiftSyntaxMacroExpansion
import SwiftSyntaxMacros
import SwiftSyntaxMacrosGenericTestSupport
import Testing

/// The macros by their names.
let macros: [String: MacroSpec] = [
    "Schema": MacroSpec(type: SchemaMacro.self, conformances: ["Schema", "ParameterValue", "Sendable"]),
    "Check": MacroSpec(type: CheckMacro.self),
    "Field": MacroSpec(type: FieldMacro.self),
    "Example": MacroSpec(type: ExampleMacro.self),
    "Unknown": MacroSpec(type: UnknownMacro.self),
    "Contract": MacroSpec(type: ContractMacro.self),
    "ContractClient": MacroSpec(type: ContractClientMacro.self),
    "Service": MacroSpec(type: ServiceMacro.self, conformances: ["EndpointProvider"]),
    "Subscribe": MacroSpec(type: SubscribeMacro.self),
    "Get": MacroSpec(type: EndpointMacro.self),
    "Post": MacroSpec(type: EndpointMacro.self),
    "Put": MacroSpec(type: EndpointMacro.self),
    "Patch": MacroSpec(type: EndpointMacro.self),
    "Delete": MacroSpec(type: EndpointMacro.self),
    "Live": MacroSpec(type: EndpointMacro.self),
    "Model": MacroSpec(type: ModelMacro.self, conformances: ["Model", "KeyedModel", "Sendable"]),
    "ColumnGroup": MacroSpec(type: ColumnGroupMacro.self, conformances: ["Storable", "Sendable"]),
    "Key": MacroSpec(type: ColumnAttributeMacro.self),
    "Unique": MacroSpec(type: ColumnAttributeMacro.self),
    "Indexed": MacroSpec(type: ColumnAttributeMacro.self),
    "References": MacroSpec(type: ColumnAttributeMacro.self),
    "JSON": MacroSpec(type: ColumnAttributeMacro.self),
    "Column": MacroSpec(type: ColumnAttributeMacro.self),
    "Renamed": MacroSpec(type: ColumnAttributeMacro.self),
    "Version": MacroSpec(type: ColumnAttributeMacro.self),
    "UpdatedAt": MacroSpec(type: ColumnAttributeMacro.self),
    "DeletedAt": MacroSpec(type: ColumnAttributeMacro.self),
]

/// Expects the source to expand to exactly this text.
func expectExpansion(_ source: String, _ expanded: String, at location: Testing.SourceLocation = #_sourceLocation) {
    assertMacroExpansion(
        source, expandedSource: expanded, macroSpecs: macros,
        failureHandler: { Issue.record("\($0.message)", sourceLocation: location) })
}

/// The expansion of the source.
func expansion(_ source: String) -> String {
    let file = Parser.parse(source: source)
    let context = BasicMacroExpansionContext(sourceFiles: [file: .init(moduleName: "Test", fullFilePath: "test.swift")])
    return file.expand(
        macroSpecs: macros,
        contextGenerator: { BasicMacroExpansionContext(sharingWith: context, lexicalContext: $0.allMacroLexicalContexts()) }
    ).description
}

/// Expects exactly these diagnostics, each written as `line:column message`.
func expectDiagnostics(_ source: String, _ expected: [String], at location: Testing.SourceLocation = #_sourceLocation) {
    let file = Parser.parse(source: source)
    let context = BasicMacroExpansionContext(sourceFiles: [file: .init(moduleName: "Test", fullFilePath: "test.swift")])
    _ = file.expand(
        macroSpecs: macros,
        contextGenerator: { BasicMacroExpansionContext(sharingWith: context, lexicalContext: $0.allMacroLexicalContexts()) })
    let found = context.diagnostics.map { diagnostic in
        let place = context.location(for: diagnostic.position, anchoredAt: diagnostic.node, fileName: "test.swift")
        return "\(place.line):\(place.column) \(diagnostic.message)"
    }
    #expect(found == expected, sourceLocation: location)
}

/// A contract with one function: its attribute is on line 3, the function on line 4.
func expectRoute(_ attribute: String, _ function: String, _ expected: [String], at location: Testing.SourceLocation = #_sourceLocation) {
    expectDiagnostics(
        "@Contract(\"orders\")\nprotocol OrdersAPI: Sendable {\n    \(attribute)\n    \(function)\n}", expected, at: location)
}
