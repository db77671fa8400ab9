import SwiftSyntax
import SwiftSyntaxMacros

/// `@Subscribe` makes nothing: `@Service` reads it.
public struct SubscribeMacro: PeerMacro {
    public static func expansion(
        of node: AttributeSyntax, providingPeersOf declaration: some DeclSyntaxProtocol, in context: some MacroExpansionContext
    ) -> [DeclSyntax] { [] }
}
