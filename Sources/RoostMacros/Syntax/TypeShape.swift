import SwiftSyntax

/// What the spelling of a type shows about it.
struct TypeShape {
    let syntax: TypeSyntax
    /// The type as written.
    let text: String
    /// The type that an optional wraps, or `nil` if the type is not optional.
    let wrapped: TypeSyntax?

    init(_ syntax: TypeSyntax) {
        self.syntax = syntax
        text = syntax.text
        wrapped = syntax.wrapped
    }

    /// The type without the optional around it.
    var core: TypeSyntax { wrapped ?? syntax }
    var isOptional: Bool { wrapped != nil }
    /// Whether the type describes a change of a value, as `Change<Name>` does in a PATCH.
    var isChange: Bool { syntax.generic.map { $0.name == "Change" && $0.arguments.count == 1 } ?? false }
    /// The type of the values that checks apply to: without the optional or the `Change` around it.
    var checked: TypeSyntax { isChange ? syntax.generic?.arguments.first ?? syntax : core }
    /// The name with which the spelling of a plain type starts: `Item` for `Item` and for `Item.ID`.
    var root: String? {
        var type = syntax
        while let member = type.as(MemberTypeSyntax.self) { type = member.baseType }
        return type.as(IdentifierTypeSyntax.self)?.name.text
    }
    /// The names that the compiler looks up to find the type: for `Page<Order.ID>`, `Page` and `Order`.
    var names: Set<String> {
        let tokens = Array(syntax.tokens(viewMode: .sourceAccurate))
        return Set(tokens.indices.filter { $0 == 0 || tokens[$0 - 1].tokenKind != .period }.map { tokens[$0].text.unquoted })
    }
    var isInout: Bool { syntax.is(AttributedTypeSyntax.self) && text.hasPrefix("inout ") }
    var isVoid: Bool { text == "Void" || text == "()" || text == "Swift.Void" }

    /// The type of the elements, if it is a `MessageStream`.
    var streamed: TypeShape? {
        guard let name = syntax.generic, name.name == "MessageStream", let element = name.arguments.first else { return nil }
        return TypeShape(element)
    }

    /// Whether the spelling alone shows that every value of the type is valid, so that there is nothing to check.
    var isAlwaysValid: Bool { Self.isAlwaysValid(syntax) }

    private static func isAlwaysValid(_ type: TypeSyntax) -> Bool {
        if let optional = type.as(OptionalTypeSyntax.self) { return isAlwaysValid(optional.wrappedType) }
        if let array = type.as(ArrayTypeSyntax.self) { return isAlwaysValid(array.element) }
        return ["Bool", "Int", "UUID", "Date"].contains(type.text)
    }

    /// Whether the spelling alone shows that the type is a schema; for other types only the compiler knows.
    var isKnown: Bool { Self.isKnown(syntax) }

    private static func isKnown(_ type: TypeSyntax) -> Bool {
        if let optional = type.as(OptionalTypeSyntax.self) { return isKnown(optional.wrappedType) }
        if let array = type.as(ArrayTypeSyntax.self) { return isKnown(array.element) }
        if let dictionary = type.as(DictionaryTypeSyntax.self) { return isKnown(dictionary.value) }
        return ["String", "Bool", "Int", "Double", "UUID", "Date", "Decimal"].contains(type.text)
    }
}

/// How expansions read and write a value of the type. For a type that may not be a schema they use functions of the reader and the writer
/// that accept any type: the error that it must be marked `@Schema` is reported once, where the field is described.
extension TypeShape {
    /// The expression that reads a value from `json`.
    var decoding: String { isKnown ? "\(text).decode(from: &json)" : "json.read(\(text).self)" }

    /// The statement that writes the value of an expression to `json`.
    func encoding(_ value: String) -> String { isKnown ? "\(value).encode(to: &json)" : "json.write(\(value))" }
}

extension TypeSyntax {
    /// The type as written. Trimming a node copies it, and mostly there is nothing to trim.
    var text: String {
        leadingTriviaLength.utf8Length == 0 && trailingTriviaLength.utf8Length == 0 ? description : trimmedDescription
    }

    /// The type that an optional wraps, in any of its spellings, or `nil` if the type is not optional.
    var wrapped: TypeSyntax? {
        if let optional = self.as(OptionalTypeSyntax.self) { return optional.wrappedType }
        guard let name = generic, name.name == "Optional" else { return nil }
        return name.arguments.first
    }

    /// The type of the elements, if the type is an array in any of its spellings.
    var element: TypeSyntax? {
        if let array = self.as(ArrayTypeSyntax.self) { return array.element }
        guard let name = generic, name.name == "Array" else { return nil }
        return name.arguments.first
    }

    /// The name of a type and its generic arguments, without the name of the module.
    var generic: (name: String, arguments: [TypeSyntax])? {
        if let name = self.as(IdentifierTypeSyntax.self) { return (name.name.text, name.genericArgumentClause.types) }
        guard let member = self.as(MemberTypeSyntax.self), Self.modules.contains(member.baseType.text) else { return nil }
        return (member.name.text, member.genericArgumentClause.types)
    }

    /// The modules whose types the macros know by name.
    private static let modules: Set = ["Swift", "Foundation", "FoundationEssentials", "RoostSchema", "Roost"]
}

extension GenericArgumentClauseSyntax? {
    fileprivate var types: [TypeSyntax] { self?.arguments.compactMap { $0.argument.as(TypeSyntax.self) } ?? [] }
}
