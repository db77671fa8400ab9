import SwiftSyntax
import SwiftSyntaxMacros

/// `@Subscribe` generates nothing: `@Service` reads it.
public struct SubscribeMacro: PeerMacro {
    /// Checks that the attribute is in a place where it has a meaning. It generates nothing: `@Service` reads it.
    public static func expansion(
        of node: AttributeSyntax, providingPeersOf declaration: some DeclSyntaxProtocol, in context: some MacroExpansionContext
    ) throws -> [DeclSyntax] {
        var findings = Findings()
        if !declaration.is(FunctionDeclSyntax.self) {
            findings.error("an event must be handled by a function: write a `func` that takes the event", at: node)
        }
        try findings.check()
        return []
    }
}
