import SwiftSyntax

extension TypeShape {
    /// Reports types from which no schema can be made.
    func check(_ findings: inout Findings) { Self.check(syntax, &findings) }

    private static func check(_ type: TypeSyntax, _ findings: inout Findings) {
        if let wrapped = type.wrapped {
            guard wrapped.wrapped == nil else {
                return findings.error("`\(type.text)` has two levels of optionality, but JSON has one null: write a single ?", at: type)
            }
            guard wrapped.generic?.name != "Change" else {
                return findings.error("a `Change` can already be absent or null: remove the ?", at: type)
            }
            check(wrapped, &findings)
        } else if let array = type.as(ArrayTypeSyntax.self) {
            check(array.element, &findings)
        } else if let dictionary = type.as(DictionaryTypeSyntax.self) {
            check(key: dictionary.key, &findings)
            check(dictionary.value, &findings)
        } else if let generic = type.generic {
            if let reason = refusals[generic.name] { findings.error("\(generic.name) is not a schema: \(reason)", at: type) }
            let isDictionary = generic.name == "Dictionary" && generic.arguments.count == 2
            if isDictionary { check(key: generic.arguments[0], &findings) }
            for argument in generic.arguments.dropFirst(isDictionary ? 1 : 0) { check(argument, &findings) }
        } else if !type.is(MemberTypeSyntax.self) {
            findings.error("\(kind(of: type)) is not a schema: \(advice(for: type))", at: type)
        }
    }

    private static func check(key: TypeSyntax, _ findings: inout Findings) {
        guard key.text != "String", key.text != "Swift.String" else { return }
        findings.error("the keys of a dictionary must be of type String, because JSON has no others", at: key)
    }

    private static let refusals = [
        "Any": "name the type, or make a @Schema enum of the types it may be",
        "AnyObject": "use a struct or an enum marked with @Schema",
        "Self": "name the type",
    ]

    private static func kind(of type: TypeSyntax) -> String {
        if type.is(TupleTypeSyntax.self) { return "a tuple" }
        return type.isFunction ? "a closure" : "`\(type.trimmedDescription)`"
    }

    private static func advice(for type: TypeSyntax) -> String {
        if type.is(TupleTypeSyntax.self) { return "make it a struct marked @Schema" }
        if type.is(ImplicitlyUnwrappedOptionalTypeSyntax.self) { return "write ? instead of !" }
        if let attributed = type.as(AttributedTypeSyntax.self), !type.isFunction {
            return "values are sent as copies, so write only \(attributed.baseType.trimmedDescription)"
        }
        return "use a struct or an enum marked with @Schema"
    }
}

extension TypeShape {
    /// The types in it, as written, that are not schemas if they are the library's types with these names. A type of the user's own, or a
    /// generic parameter, may have the same name, so only the compiler can tell.
    var suspects: [String] { Self.suspects(syntax) }

    private static func suspects(_ type: TypeSyntax) -> [String] {
        if let wrapped = type.wrapped { return suspects(wrapped) }
        if let array = type.as(ArrayTypeSyntax.self) { return suspects(array.element) }
        if let dictionary = type.as(DictionaryTypeSyntax.self) { return suspects(dictionary.value) }
        guard let generic = type.generic else { return [] }
        return ["Character", "RawBody"].contains(generic.name) ? [type.text] : generic.arguments.flatMap(suspects)
    }

    /// The schema of a body, which may be accepted unparsed.
    var bodySchema: String { syntax.generic?.name == "RawBody" ? ".of(\(text).self)" : schema }

    /// The schema of the type, as the argument that an expansion passes.
    var schema: String { ".of(\(text).self\(suspects.map { ", holding: \($0).self" }.first ?? ""))" }
}

extension TypeSyntax {
    fileprivate var isFunction: Bool {
        self.is(FunctionTypeSyntax.self) || self.as(AttributedTypeSyntax.self)?.baseType.is(FunctionTypeSyntax.self) == true
    }
}
