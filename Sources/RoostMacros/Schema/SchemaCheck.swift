import SwiftSyntax
import SwiftSyntaxMacros

/// One rule of a `@Check`: `.length(1...200)`.
struct SchemaCheck {
    /// `length`, `count`, `range`, `format` or another one that is named as the runtime's function is.
    let rule: String
    /// What the runtime's function of that name takes.
    let argument: String

    static func all(of attribute: AttributeSyntax, on type: TypeShape, _ findings: inout Findings) -> [SchemaCheck] {
        attribute.labelledArguments.compactMap { SchemaCheck($0.expression, type, &findings) }
    }

    private init?(_ expression: ExprSyntax, _ type: TypeShape, _ findings: inout Findings) {
        guard let call = expression.as(FunctionCallExprSyntax.self), let argument = call.arguments.first?.expression,
            let rule = call.calledExpression.as(MemberAccessExprSyntax.self)?.declName.baseName.text
        else {
            findings.error("write the rule here, as in @Check(.length(1...200)): a macro can't see what a name stands for", at: expression)
            return nil
        }
        if let kind = Kind(type.core), let needed = Self.kinds[rule], !needed.contains(kind) {
            findings.error("`\(rule)` doesn't fit \(type.text): \(kind.advice)", at: expression)
            return nil
        }
        if rule == "range", Kind(type.core) == .fraction, argument.trimmedDescription.contains("..<") {
            findings.error("a range of fractions includes its upper bound: write it with ...", at: argument)
            return nil
        }
        self.rule = rule
        self.argument = rule == "format" ? argument.trimmedDescription : "RoostSchema.Bounds(\(argument.trimmedDescription))"
    }

    private static let kinds: [String: Set<Kind>] = [
        "length": [.text], "format": [.text], "line": [.text], "identifier": [.text], "password": [.text], "count": [.collection],
        "range": [.whole, .fraction],
    ]

    /// What the type's spelling tells of it; nothing where it is a name that only the compiler knows.
    private enum Kind {
        case text, whole, fraction, collection, other

        init?(_ type: TypeSyntax) {
            if type.is(ArrayTypeSyntax.self) || type.is(DictionaryTypeSyntax.self) {
                self = .collection
                return
            }
            switch type.trimmedDescription {
            case "String": self = .text
            case "Int", "Int8", "Int16", "Int32", "Int64", "UInt", "UInt8", "UInt16", "UInt32", "UInt64": self = .whole
            case "Double", "Float", "Decimal": self = .fraction
            case "Bool", "UUID", "Date": self = .other
            default: return nil
            }
        }

        var advice: String {
            switch self {
            case .text: "a string takes length and format"
            case .whole, .fraction: "a number takes range"
            case .collection: "an array or a dictionary takes count"
            case .other: "it takes none"
            }
        }
    }
}

/// `@Check` makes nothing: `@Schema` reads it.
public struct CheckMacro: PeerMacro {
    public static func expansion(
        of node: AttributeSyntax, providingPeersOf declaration: some DeclSyntaxProtocol, in context: some MacroExpansionContext
    ) -> [DeclSyntax] { [] }
}
