import SwiftSyntax

/// The arguments of `@Schema`.
struct SchemaOptions {
    /// How names are turned into keys.
    var naming = KeyNaming.asWritten
    /// Whether fields that are `nil` are left out of JSON.
    var omitsNil = false
    /// The `fields` argument, if there is one.
    private(set) var namingSyntax: ExprSyntax?
    /// The `omitsNil` argument, if there is one.
    private(set) var omitsNilSyntax: ExprSyntax?

    init(_ attribute: AttributeSyntax, _ findings: inout Findings) {
        if let argument = attribute.argument("fields") {
            namingSyntax = argument
            if let name = argument.as(MemberAccessExprSyntax.self)?.declName.baseName.text, let naming = KeyNaming(rawValue: name) {
                self.naming = naming
            } else {
                let names = KeyNaming.allCases.map { ".\($0.rawValue)" }.joined(separator: ", ")
                findings.error("write one of \(names) here: a macro can't evaluate other expressions", at: argument)
            }
        }
        if let argument = attribute.argument("omitsNil") {
            omitsNilSyntax = argument
            if let literal = argument.as(BooleanLiteralExprSyntax.self) {
                omitsNil = literal.literal.tokenKind == .keyword(.true)
            } else {
                findings.error("write true or false here: a macro can't evaluate other expressions", at: argument)
            }
        }
    }

    /// Reports arguments that have no meaning for a type without fields.
    /// - Parameter instead: What to write instead of a naming of the fields.
    func checkNoFields(instead: String, _ findings: inout Findings) {
        if let namingSyntax { findings.error("this type has no fields to name: \(instead)", at: namingSyntax) }
        if let omitsNilSyntax { findings.error("this type has no fields that can be nil: remove `omitsNil`", at: omitsNilSyntax) }
    }
}

/// How the names of fields and cases are turned into keys. The names of these cases are those of the runtime's `FieldNaming`.
enum KeyNaming: String, CaseIterable {
    case asWritten, snakeCase, kebabCase, pascalCase

    /// The key for a name: for `requestID`, `request_id`, `request-id` or `RequestID`.
    func key(_ name: String) -> String {
        switch self {
        case .asWritten: name
        case .snakeCase: Self.words(of: name).joined(separator: "_")
        case .kebabCase: Self.words(of: name).joined(separator: "-")
        case .pascalCase: name.prefix(1).uppercased() + name.dropFirst()
        }
    }

    /// The words of a name, in lowercase. A word starts at an uppercase letter that follows a lowercase letter or a digit, and at the last
    /// of several uppercase letters if a lowercase letter follows: `requestID`, `HTTPError`.
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
