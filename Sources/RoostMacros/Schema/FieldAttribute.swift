import SwiftSyntax
import SwiftSyntaxMacros

/// What `@Field` and `@Example` specify for a field or a case of an enum.
struct FieldAttribute {
    /// The number in Protocol Buffers.
    private(set) var number: Int?
    /// The key.
    private(set) var key: String?
    private(set) var isDeprecated = false
    /// The source of an example value.
    private(set) var example: String?

    init() {}

    init(_ attributes: AttributeListSyntax, _ findings: inout Findings) {
        if let attribute = attributes.named(["Field"]).first { read(attribute, &findings) }
        if let attribute = attributes.named(["Example"]).first { example = attribute.argument(nil)?.trimmedDescription }
    }

    private mutating func read(_ attribute: AttributeSyntax, _ findings: inout Findings) {
        if let argument = attribute.argument("deprecated") {
            isDeprecated = argument.as(BooleanLiteralExprSyntax.self)?.literal.tokenKind == .keyword(.true)
        }
        let first = attribute.argument(nil)
        if let first, first.is(StringLiteralExprSyntax.self) {
            key = first.plainText
            if key?.isPlainKey != true {
                findings.error(
                    "a key must be a string literal that is not empty and has no quotes, backslashes or control characters", at: first)
            }
            if let number = attribute.argument("number") { read(number: number, attribute, &findings) }
        } else if let first {
            read(number: first, attribute, &findings)
        }
    }

    private mutating func read(number: ExprSyntax, _ attribute: AttributeSyntax, _ findings: inout Findings) {
        let text = number.trimmedDescription.replacing("_", with: "")
        guard let value = Int(text), (1...536_870_911).contains(value), !(19000...19999).contains(value) else {
            findings.error(
                "a field's number must be from 1 to 536870911, except 19000 to 19999, which Protocol Buffers reserve", at: attribute
            )
            return
        }
        self.number = value
    }
}

extension String {
    /// Whether the key needs no escaping in JSON.
    var isPlainKey: Bool { !isEmpty && unicodeScalars.allSatisfy { $0.value >= 0x20 && $0 != "\"" && $0 != "\\" && $0.value != 0x7F } }
}

extension [(syntax: TokenSyntax, key: String)] {
    /// Reports keys that occur more than once.
    /// - Parameter kind: What has the keys: `field` or `case`.
    func checkKeys(_ kind: String, _ findings: inout Findings) {
        var seen: [String: String] = [:]
        for (field, key) in self {
            let name = field.text.unquoted
            if let other = seen[key] {
                findings.error(
                    other == name
                        ? "another \(kind) is named `\(name)`, and the name is the key: rename one of them"
                        : "`\(name)` has the key \"\(key)\", as `\(other)` does: give one of them another with @Field",
                    at: field)
            } else {
                seen[key] = name
            }
        }
    }
}

/// `@Field` generates nothing: `@Schema` reads it.
public struct FieldMacro: PeerMacro {
    /// Generates nothing.
    public static func expansion(
        of node: AttributeSyntax, providingPeersOf declaration: some DeclSyntaxProtocol, in context: some MacroExpansionContext
    ) -> [DeclSyntax] { [] }
}

/// `@Example` generates nothing: `@Schema` reads it.
public struct ExampleMacro: PeerMacro {
    /// Generates nothing.
    public static func expansion(
        of node: AttributeSyntax, providingPeersOf declaration: some DeclSyntaxProtocol, in context: some MacroExpansionContext
    ) -> [DeclSyntax] { [] }
}

/// `@Unknown` generates nothing: `@Schema` reads it.
public struct UnknownMacro: PeerMacro {
    /// Generates nothing.
    public static func expansion(
        of node: AttributeSyntax, providingPeersOf declaration: some DeclSyntaxProtocol, in context: some MacroExpansionContext
    ) -> [DeclSyntax] { [] }
}
