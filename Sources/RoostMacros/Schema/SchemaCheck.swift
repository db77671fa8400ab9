import RoostPattern
import SwiftSyntax
import SwiftSyntaxMacros

/// One rule of a `@Check`: `.length(1...200)`.
struct SchemaCheck {
    /// `length`, `count`, `range`, `format` or another name of a check function in the runtime.
    private let rule: String
    /// The argument of that function.
    private let argument: String

    static func all(of attribute: AttributeSyntax, on type: TypeShape, _ findings: inout Findings) -> [SchemaCheck] {
        attribute.labelledArguments.compactMap { SchemaCheck($0.expression, type, &findings) }
    }

    /// The statement that checks a value.
    /// - Parameters:
    ///   - recorder: The name of the variable that collects the faults.
    ///   - value: The expression of the value.
    ///   - place: The expression of its location.
    func call(on recorder: String, _ value: String, at place: String) -> String {
        let check = rule == "unique" ? "uniqueItemsOf: \(value)" : "\(rule == "multiple" ? "multipleOf" : rule): \(argument), of: \(value)"
        return "\(recorder).check(\(check), at: \(place))"
    }

    /// The source of the check's documentation, to be appended to that of a schema.
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
                findings.error("`unique` doesn't apply to \(type.text): it is for the items of an array", at: expression)
                return nil
            }
            (rule, argument) = ("unique", "")
            return
        }
        guard let call = expression.as(FunctionCallExprSyntax.self), let argument = call.arguments.first?.expression,
            let rule = call.calledExpression.as(MemberAccessExprSyntax.self)?.declName.baseName.text
        else {
            findings.error("write the rule here, as in @Check(.length(1...200)): a macro can't see the value of a name", at: expression)
            return nil
        }
        guard Self.isSound(rule, argument, &findings) else { return nil }
        if let kind = Kind(type.checked), let needed = Self.kinds[rule], !needed.contains(kind) {
            findings.error("`\(rule)` doesn't apply to \(type.text): \(kind.advice)", at: expression)
            return nil
        }
        if rule == "range", Kind(type.checked) == .fraction, argument.trimmedDescription.contains("..<") {
            findings.error("a range of floating-point numbers must include its upper bound: write it with ...", at: argument)
            return nil
        }
        self.rule = rule
        let source = argument.trimmedDescription
        self.argument = ["format", "multiple", "pattern"].contains(rule) ? source : "RoostSchema.Bounds(\(source))"
    }

    /// Reports an argument that no value can satisfy.
    private static func isSound(_ rule: String, _ argument: ExprSyntax, _ findings: inout Findings) -> Bool {
        switch rule {
        case "multiple":
            let number = Double(argument.trimmedDescription.replacing("_", with: ""))
            guard number.map({ $0 > 0 }) ?? !argument.is(PrefixOperatorExprSyntax.self) else {
                findings.error("the argument of `multiple` must be greater than 0", at: argument)
                return false
            }
        case "pattern":
            guard let text = argument.plainText else {
                findings.error("write the pattern here, as a plain string: a macro can't see the value of a name", at: argument)
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

    /// What the spelling of a type shows about it; nothing if it is a name that only the compiler can resolve.
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
            case .other: "it has no rules"
            }
        }
    }
}

/// `@Check` generates nothing: `@Schema` reads it.
public struct CheckMacro: PeerMacro {
    /// Generates nothing.
    public static func expansion(
        of node: AttributeSyntax, providingPeersOf declaration: some DeclSyntaxProtocol, in context: some MacroExpansionContext
    ) -> [DeclSyntax] { [] }
}
