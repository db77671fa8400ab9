import RoostPattern
import SwiftSyntax
import SwiftSyntaxMacros

/// One rule of a `@Check`: `.length(1...200)`.
struct SchemaCheck {
    /// `length`, `count`, `range`, `format` or another one that is named as the runtime's function is.
    private let rule: String
    /// What the runtime's function of that name takes.
    private let argument: String

    static func all(of attribute: AttributeSyntax, on type: TypeShape, _ findings: inout Findings) -> [SchemaCheck] {
        attribute.labelledArguments.compactMap { SchemaCheck($0.expression, type, &findings) }
    }

    /// The statement that checks a value.
    /// - Parameters:
    ///   - recorder: the variable of what notes the faults.
    ///   - value: the value's expression.
    ///   - place: the expression of where it is.
    func call(on recorder: String, _ value: String, at place: String) -> String {
        let check = rule == "unique" ? "uniqueItemsOf: \(value)" : "\(rule == "multiple" ? "multipleOf" : rule): \(argument), of: \(value)"
        return "\(recorder).check(\(check), at: \(place))"
    }

    /// What a document says of it, to follow a schema.
    func documentation(of type: TypeShape) -> String {
        switch rule {
        case "unique": ".uniqueItems(of: \(type.checked.text).self)"
        case "multiple": ".multiple(of: \(argument))"
        default: ".\(rule)(\(argument))"
        }
    }

    private init?(_ expression: ExprSyntax, _ type: TypeShape, _ findings: inout Findings) {
        if expression.as(MemberAccessExprSyntax.self)?.declName.baseName.text == "unique" {
            guard Kind(type.checked).map({ $0 == .collection }) ?? true else {
                findings.error("`unique` doesn't fit \(type.text): it is for the items of an array", at: expression)
                return nil
            }
            (rule, argument) = ("unique", "")
            return
        }
        guard let call = expression.as(FunctionCallExprSyntax.self), let argument = call.arguments.first?.expression,
            let rule = call.calledExpression.as(MemberAccessExprSyntax.self)?.declName.baseName.text
        else {
            findings.error("write the rule here, as in @Check(.length(1...200)): a macro can't see what a name stands for", at: expression)
            return nil
        }
        guard Self.isSound(rule, argument, &findings) else { return nil }
        if let kind = Kind(type.checked), let needed = Self.kinds[rule], !needed.contains(kind) {
            findings.error("`\(rule)` doesn't fit \(type.text): \(kind.advice)", at: expression)
            return nil
        }
        if rule == "range", Kind(type.checked) == .fraction, argument.trimmedDescription.contains("..<") {
            findings.error("a range of fractions includes its upper bound: write it with ...", at: argument)
            return nil
        }
        self.rule = rule
        let source = argument.trimmedDescription
        self.argument = ["format", "multiple", "pattern"].contains(rule) ? source : "RoostSchema.Bounds(\(source))"
    }

    /// Notes an argument that no value can keep to.
    private static func isSound(_ rule: String, _ argument: ExprSyntax, _ findings: inout Findings) -> Bool {
        switch rule {
        case "multiple":
            let number = Double(argument.trimmedDescription.replacing("_", with: ""))
            guard number.map({ $0 > 0 }) ?? !argument.is(PrefixOperatorExprSyntax.self) else {
                findings.error("a number is a multiple of one that is greater than 0", at: argument)
                return false
            }
        case "pattern":
            guard let text = argument.plainText else {
                findings.error("write the pattern here, as a plain string: a macro can't see what a name stands for", at: argument)
                return false
            }
            do throws(PatternError) {
                _ = try PatternProgram(text)
            } catch {
                findings.error("\(error.description)", at: argument)
                return false
            }
        default: break
        }
        return true
    }

    private static let kinds: [String: Set<Kind>] = [
        "length": [.text], "format": [.text], "line": [.text],
        "identifier": [.text], "password": [.text], "count": [.collection, .bytes],
        "range": [.whole, .fraction], "multiple": [.whole, .fraction], "pattern": [.text],
    ]

    /// What the type's spelling tells of it; nothing where it is a name that only the compiler knows.
    private enum Kind {
        case text, whole, fraction, collection, bytes, other

        init?(_ type: TypeSyntax) {
            if type.is(ArrayTypeSyntax.self) || type.is(DictionaryTypeSyntax.self) || type.generic?.name == "Set" {
                self = .collection
                return
            }
            switch type.trimmedDescription {
            case "String": self = .text
            case "Int", "Int8", "Int16", "Int32", "Int64", "UInt", "UInt8", "UInt16", "UInt32", "UInt64": self = .whole
            case "Double", "Float", "Decimal": self = .fraction
            case "Data": self = .bytes
            case "Bool", "UUID", "Date", "URL": self = .other
            default: return nil
            }
        }

        var advice: String {
            switch self {
            case .text: "a string takes length, format and pattern"
            case .whole, .fraction: "a number takes range and multiple"
            case .collection: "an array or a dictionary takes count"
            case .bytes: "bytes take count"
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
