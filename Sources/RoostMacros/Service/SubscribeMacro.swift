import SwiftSyntax
import SwiftSyntaxMacros

/// `@Subscribe` makes nothing: `@Service` reads it.
public struct SubscribeMacro: PeerMacro {
    public static func expansion(
        of node: AttributeSyntax, providingPeersOf declaration: some DeclSyntaxProtocol, in context: some MacroExpansionContext
    ) throws -> [DeclSyntax] {
        var findings = Findings()
        if !declaration.is(FunctionDeclSyntax.self) {
            findings.error("an event is handled by a function: write `func`, which takes the event", at: node)
        }
        try findings.check()
        return []
    }
}
