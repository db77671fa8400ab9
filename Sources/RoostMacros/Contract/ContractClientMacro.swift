import SwiftSyntax
import SwiftSyntaxMacros

/// `@ContractClient`: adds a further type that conforms to the contract, where the optimizer sees it.
///
/// In a release build, whose files are compiled together, the optimizer looks for all types that conform to a protocol that is not visible
/// to other modules. If it finds only one, it calls this type, whatever an `any` of the protocol contains. It considers the source files
/// and the extensions that macros generate, but in Swift 6.3 not the types that macros generate beside a declaration, such as the client:
/// see lib/SILOptimizer/Analysis/ProtocolConformanceAnalysis.cpp of Swift. Therefore an extension of the client and one of the double
/// each contain a conforming type, which has no values: there are two even if nothing else implements the contract.
public struct ContractClientMacro: ExtensionMacro {
    /// The generated text is already formatted.
    public static let formatMode = FormatMode.disabled

    /// Adds a type that conforms to the contract and has no values.
    public static func expansion(
        of node: AttributeSyntax, attachedTo declaration: some DeclGroupSyntax, providingExtensionsOf type: some TypeSyntaxProtocol,
        conformingTo protocols: [TypeSyntax], in context: some MacroExpansionContext
    ) throws -> [ExtensionDeclSyntax] {
        let conforming = type.trimmedDescription
        let functions = declaration.memberBlock.members.compactMap { $0.decl.as(FunctionDeclSyntax.self)?.withoutTypes }
        let further: [String] = .block("private enum Uninhabited: \(contract(of: conforming)) {", functions)
        var made = try ExtensionDeclSyntax("extension \(raw: conforming) {\n}")
        made.memberBlock.members = [MemberBlockItemSyntax(leadingTrivia: .newline, decl: further.indented.declaration)]
        return [made]
    }

    /// The contract to which a client or a double conforms.
    private static func contract(of type: String) -> Substring {
        ["Client", "Double"].first { type.hasSuffix($0) }.map { type.dropLast($0.count) } ?? type[...]
    }
}

extension FunctionDeclSyntax {
    /// A function that satisfies the requirement of this one. It names none of its types: in an extension, the types beside a nested type
    /// are not in scope.
    fileprivate var withoutTypes: String {
        let labels = signature.parameterClause.parameters.enumerated().map { (label: $1.firstName.text, type: "Argument\($0)") }
        let types = labels.map(\.type) + (signature.returnClause == nil ? [] : ["Reply"])
        let generics = types.isEmpty ? "" : "<\(types.joined(separator: ", "))>"
        let parameters = labels.map { "\($0.label): \($0.type)" }.joined(separator: ", ")
        let reply = signature.returnClause == nil ? "" : " -> Reply"
        return "func \(name.text)\(generics)(\(parameters)) async throws\(reply) { switch self {} }"
    }
}
