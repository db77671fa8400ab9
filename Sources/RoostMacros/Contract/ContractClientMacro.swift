import SwiftSyntax
import SwiftSyntaxMacros

/// `@ContractClient`: beside the client one more type that conforms to the contract, where the optimizer sees it.
///
/// In a release build, whose files are compiled together, the optimizer looks for all types that conform to a protocol which no other
/// module sees. If there is one alone, it calls that one, whatever an `any` of the protocol holds. It looks at the source files, and at
/// the extensions that macros make, but in Swift 6.3 not at the types that macros make beside a declaration, as the client is:
/// lib/SILOptimizer/Analysis/ProtocolConformanceAnalysis.cpp of Swift. So an extension holds a second one, which has no values.
public struct ContractClientMacro: ExtensionMacro {
    /// The text is laid out as it is written.
    public static let formatMode = FormatMode.disabled

    public static func expansion(
        of node: AttributeSyntax, attachedTo declaration: some DeclGroupSyntax, providingExtensionsOf type: some TypeSyntaxProtocol,
        conformingTo protocols: [TypeSyntax], in context: some MacroExpansionContext
    ) throws -> [ExtensionDeclSyntax] {
        let client = type.trimmedDescription
        let functions = declaration.memberBlock.members.compactMap { $0.decl.as(FunctionDeclSyntax.self)?.withoutTypes }
        let second: [String] = .block("private enum Uninhabited: \(client.dropLast("Client".count)) {", functions)
        var made = try ExtensionDeclSyntax("extension \(raw: client) {\n}")
        made.memberBlock.members = [MemberBlockItemSyntax(leadingTrivia: .newline, decl: second.indented.declaration)]
        return [made]
    }
}

extension FunctionDeclSyntax {
    /// A function that fits where this one does. It names none of its types: in an extension those beside a nested type aren't in sight.
    fileprivate var withoutTypes: String {
        let labels = signature.parameterClause.parameters.enumerated().map { (label: $1.firstName.text, type: "Argument\($0)") }
        let types = labels.map(\.type) + (signature.returnClause == nil ? [] : ["Reply"])
        let generics = types.isEmpty ? "" : "<\(types.joined(separator: ", "))>"
        let parameters = labels.map { "\($0.label): \($0.type)" }.joined(separator: ", ")
        let reply = signature.returnClause == nil ? "" : " -> Reply"
        return "func \(name.text)\(generics)(\(parameters)) async throws\(reply) { switch self {} }"
    }
}
