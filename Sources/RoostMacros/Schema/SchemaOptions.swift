import SwiftSyntax

/// What the arguments of `@Schema` ask for.
struct SchemaOptions {
    /// How keys are made of names.
    var naming = KeyNaming.asWritten
    /// Whether fields that are `nil` are left out of JSON.
    var omitsNil = false
    /// The argument `fields`, where it is given.
    private(set) var namingSyntax: ExprSyntax?
    /// The argument `omitsNil`, where it is given.
    private(set) var omitsNilSyntax: ExprSyntax?

    init(_ attribute: AttributeSyntax, _ findings: inout Findings) {
        if let argument = attribute.argument("fields") {
            namingSyntax = argument
            if let name = argument.as(MemberAccessExprSyntax.self)?.declName.baseName.text, let naming = KeyNaming(rawValue: name) {
                self.naming = naming
            } else {
                let names = KeyNaming.allCases.map { ".\($0.rawValue)" }.joined(separator: ", ")
                findings.error("write one of \(names) here: a macro can't see what another expression stands for", at: argument)
            }
        }
        if let argument = attribute.argument("omitsNil") {
            omitsNilSyntax = argument
            if let literal = argument.as(BooleanLiteralExprSyntax.self) {
                omitsNil = literal.literal.tokenKind == .keyword(.true)
            } else {
                findings.error("write true or false here: a macro can't see what another expression stands for", at: argument)
            }
        }
    }

    /// Notes arguments that mean nothing for a type without fields.
    /// - Parameter instead: what to write in place of a naming of the fields.
    func checkNoFields(instead: String, _ findings: inout Findings) {
        if let namingSyntax { findings.error("this type has no fields to name: \(instead)", at: namingSyntax) }
        if let omitsNilSyntax { findings.error("this type has no fields that may be nil: leave out `omitsNil`", at: omitsNilSyntax) }
    }
}

/// How keys are made of the names of fields and cases. The names of the cases are those of the runtime's `FieldNaming`.
enum KeyNaming: String, CaseIterable {
    case asWritten, snakeCase, kebabCase, pascalCase

    /// The key of a name: of `requestID`, `request_id`, `request-id` or `RequestID`.
    func key(_ name: String) -> String {
        switch self {
        case .asWritten: name
        case .snakeCase: Self.words(of: name).joined(separator: "_")
        case .kebabCase: Self.words(of: name).joined(separator: "-")
        case .pascalCase: name.prefix(1).uppercased() + name.dropFirst()
        }
    }

    /// The words of a name, in small letters. They begin at a capital that follows a small letter or a digit, and at the last capital of
    /// several that a small letter follows: `requestID`, `HTTPError`.
    private static func words(of name: String) -> [String] {
        let characters = Array(name)
        var words = [""]
        for (index, character) in characters.enumerated() {
            if character.isUppercase, index > 0 {
                let followsSmall = !characters[index - 1].isUppercase && characters[index - 1] != "_"
                let precedesSmall = index + 1 < characters.count && characters[index + 1].isLowercase
                if followsSmall || precedesSmall && characters[index - 1].isUppercase { words.append("") }
            }
            words[words.count - 1] += character.lowercased()
        }
        return words
    }
}
