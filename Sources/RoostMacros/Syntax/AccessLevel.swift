import SwiftSyntax

/// How far a declaration is seen, as far as what is made from it has to follow.
enum AccessLevel: String {
    case `public`, package, `internal`, `fileprivate`

    init(of modifiers: DeclModifierListSyntax) {
        let words = modifiers.map(\.name.text)
        self =
            words.contains("public") || words.contains("open")
            ? .public
            : words.contains("package") ? .package : words.contains("private") || words.contains("fileprivate") ? .fileprivate : .internal
    }

    /// The modifier of a declaration beside it, with a space; empty where none is needed.
    var modifier: String { self == .internal ? "" : rawValue + " " }

    /// The modifier of a member, which needs none where the type's own level is the limit already.
    var memberModifier: String { self == .public || self == .package ? rawValue + " " : "" }
}
