import SwiftSyntax
import SwiftSyntaxMacros

extension AttributeListSyntax {
    /// The number that `@Field` gives.
    func fieldNumber(_ findings: inout Findings) -> Int? {
        guard let attribute = named(["Field"]).first else { return nil }
        let text = attribute.argument(nil)?.trimmedDescription.replacing("_", with: "") ?? ""
        guard let number = Int(text), (1...536_870_911).contains(number), !(19000...19999).contains(number) else {
            findings.error(
                "a field's number is from 1 to 536870911, but for 19000 to 19999, which Protocol Buffers keep for themselves", at: attribute
            )
            return nil
        }
        return number
    }
}

extension [(syntax: TokenSyntax, number: Int?)] {
    /// Each one's number: the one that is declared, else its place, from 1.
    var numbers: [Int] { enumerated().map { $1.number ?? $0 + 1 } }

    /// Notes those that have the number of one before.
    func checkNumbers(_ findings: inout Findings) {
        var seen: [Int: String] = [:]
        for (field, number) in zip(self, numbers) {
            let name = field.syntax.text.unquoted
            if let other = seen[number] {
                findings.error(
                    "`\(name)` has the number \(number), as `\(other)` does: give one of them another with @Field", at: field.syntax)
            }
            seen[number] = name
        }
    }
}

/// `@Field` makes nothing: `@Schema` reads it.
public struct FieldMacro: PeerMacro {
    public static func expansion(
        of node: AttributeSyntax, providingPeersOf declaration: some DeclSyntaxProtocol, in context: some MacroExpansionContext
    ) -> [DeclSyntax] { [] }
}
