import SwiftSyntax
import SwiftSyntaxMacros

/// `@Get`, `@Post`, `@Put`, `@Patch` and `@Delete` make nothing: `@Contract` and `@Service` read them.
public struct EndpointMacro: PeerMacro {
    public static func expansion(
        of node: AttributeSyntax, providingPeersOf declaration: some DeclSyntaxProtocol, in context: some MacroExpansionContext
    ) throws -> [DeclSyntax] {
        var findings = Findings()
        if !declaration.is(FunctionDeclSyntax.self) {
            findings.error("a route is answered by a function: write `func`, with the route's parameters", at: node)
        }
        try findings.check()
        return []
    }
}
