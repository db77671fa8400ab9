import SwiftSyntax

/// The access level of a declaration, as far as the generated code depends on it.
enum AccessLevel: String {
    case `public`, package, `internal`, `fileprivate`

    init(of modifiers: DeclModifierListSyntax) {
        let words = modifiers.map(\.name.text)
        self =
            words.contains("public") || words.contains("open")
            ? .public
            : words.contains("package") ? .package : words.contains("private") || words.contains("fileprivate") ? .fileprivate : .internal
    }

    /// The modifier of a generated declaration at the same level, followed by a space; empty if it needs none.
    var modifier: String { self == .internal ? "" : rawValue + " " }

    /// The modifier of a generated member; empty if the access level of the type is the limit anyway.
    var memberModifier: String { self == .public || self == .package ? rawValue + " " : "" }
}
