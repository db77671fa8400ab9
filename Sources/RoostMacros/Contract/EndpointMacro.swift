import SwiftSyntax
import SwiftSyntaxMacros

/// `@Get`, `@Post`, `@Put`, `@Patch` and `@Delete` generate nothing: `@Contract` and `@Service` read them.
public struct EndpointMacro: PeerMacro {
    /// Checks that the attribute is in a place where it has a meaning. It generates nothing: `@Contract` and `@Service` read it.
    public static func expansion(
        of node: AttributeSyntax, providingPeersOf declaration: some DeclSyntaxProtocol, in context: some MacroExpansionContext
    ) throws -> [DeclSyntax] {
        var findings = Findings()
        if !declaration.is(FunctionDeclSyntax.self) {
            findings.error("a route must be a function: write `func`, with the route's parameters", at: node)
        }
        try findings.check()
        return []
    }
}
