import SwiftSyntax

/// What can be told of a type from how it is written.
struct TypeShape {
    let syntax: TypeSyntax
    /// How it is written.
    let text: String
    /// The type that an optional wraps; `nil` where it is none.
    let wrapped: TypeSyntax?

    init(_ syntax: TypeSyntax) {
        self.syntax = syntax
        text = syntax.text
        if let optional = syntax.as(OptionalTypeSyntax.self) {
            wrapped = optional.wrappedType
        } else if let name = syntax.as(IdentifierTypeSyntax.self), name.name.text == "Optional",
            let argument = name.genericArgumentClause?.arguments.first?.argument.as(TypeSyntax.self)
        {
            wrapped = argument
        } else {
            wrapped = nil
        }
    }

    /// The type, without the optional around it.
    var core: TypeSyntax { wrapped ?? syntax }
    var isOptional: Bool { wrapped != nil }
    /// The name that a plain type's spelling begins with: `Item` of `Item` and of `Item.ID`.
    var root: String? {
        var type = syntax
        while let member = type.as(MemberTypeSyntax.self) { type = member.baseType }
        return type.as(IdentifierTypeSyntax.self)?.name.text
    }
    var isVoid: Bool { text == "Void" || text == "()" }

    /// The type of the values, where it is a `MessageStream`.
    var streamed: TypeShape? {
        guard let name = syntax.as(IdentifierTypeSyntax.self), name.name.text == "MessageStream",
            let element = name.genericArgumentClause?.arguments.first?.argument.as(TypeSyntax.self)
        else { return nil }
        return TypeShape(element)
    }

    /// Whether the spelling alone tells that it is a schema; of other types only the compiler knows.
    var isKnown: Bool { Self.isKnown(syntax) }

    private static func isKnown(_ type: TypeSyntax) -> Bool {
        if let optional = type.as(OptionalTypeSyntax.self) { return isKnown(optional.wrappedType) }
        if let array = type.as(ArrayTypeSyntax.self) { return isKnown(array.element) }
        if let dictionary = type.as(DictionaryTypeSyntax.self) { return isKnown(dictionary.value) }
        return ["String", "Bool", "Int", "Double", "UUID", "Date", "Decimal"].contains(type.text)
    }

    /// Notes what no schema can be made of.
    func check(_ findings: inout Findings) { Self.check(syntax, &findings) }

    private static func check(_ type: TypeSyntax, _ findings: inout Findings) {
        if let optional = type.as(OptionalTypeSyntax.self) {
            check(optional.wrappedType, &findings)
        } else if let array = type.as(ArrayTypeSyntax.self) {
            check(array.element, &findings)
        } else if let dictionary = type.as(DictionaryTypeSyntax.self) {
            if dictionary.key.text != "String" {
                findings.error("a dictionary's keys must be String: JSON has no others", at: dictionary.key)
            }
            check(dictionary.value, &findings)
        } else if let name = type.as(IdentifierTypeSyntax.self) {
            if let reason = refusals[name.name.text] { findings.error("\(name.name.text) is no schema: \(reason)", at: type) }
            for argument in name.genericArgumentClause?.arguments ?? [] {
                if let argument = argument.argument.as(TypeSyntax.self) { check(argument, &findings) }
            }
        } else if !type.is(MemberTypeSyntax.self) {
            findings.error("\(kind(of: type)) is no schema: \(advice(for: type))", at: type)
        }
    }

    private static let refusals = [
        "Any": "name the type, or make a @Schema enum of the types it may be",
        "AnyObject": "name a struct or an enum marked @Schema",
        "Set": "use an array",
        "Data": "use a String, in base 64",
        "URL": "use a String with @Check(.format(.uri))",
        "Character": "use a String with @Check(.length(1...1))",
    ]

    private static func kind(of type: TypeSyntax) -> String {
        if type.is(TupleTypeSyntax.self) { return "a tuple" }
        if type.is(FunctionTypeSyntax.self) || type.is(AttributedTypeSyntax.self) { return "a closure" }
        return "`\(type.trimmedDescription)`"
    }

    private static func advice(for type: TypeSyntax) -> String {
        if type.is(TupleTypeSyntax.self) { return "make it a struct marked @Schema" }
        if type.is(ImplicitlyUnwrappedOptionalTypeSyntax.self) { return "write ? in place of !" }
        return "name a struct or an enum marked @Schema"
    }
}

extension TypeSyntax {
    /// How it is written. To trim a node is to copy it, and mostly there is nothing around it.
    var text: String {
        leadingTriviaLength.utf8Length == 0 && trailingTriviaLength.utf8Length == 0 ? description : trimmedDescription
    }
}
