import SwiftSyntax

extension AttributeListSyntax {
    /// The attributes with these names, in order.
    func named(_ names: Set<String>) -> [AttributeSyntax] {
        compactMap { $0.as(AttributeSyntax.self) }.filter { names.contains($0.name) }
    }
}

extension AttributeSyntax {
    /// The name, without the name of its module.
    var name: String {
        attributeName.as(IdentifierTypeSyntax.self)?.name.text ?? attributeName.as(MemberTypeSyntax.self)?.name.text
            ?? attributeName.trimmedDescription
    }

    var labelledArguments: LabeledExprListSyntax { arguments?.as(LabeledExprListSyntax.self) ?? [] }

    /// The argument with this label.
    func argument(_ label: String?) -> ExprSyntax? { labelledArguments.first { $0.label?.text == label }?.expression }
}

extension ExprSyntax {
    /// The text of a string literal without interpolations.
    var plainText: String? { self.as(StringLiteralExprSyntax.self)?.representedLiteralValue }
}
