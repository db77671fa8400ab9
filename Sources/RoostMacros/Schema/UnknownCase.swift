import SwiftSyntax

extension EnumDeclSyntax {
    /// The name of the case marked `@Unknown`, which represents values that the type does not know.
    func unknownCase(_ findings: inout Findings) -> String? {
        var unknown: String?
        for group in memberBlock.members.compactMap({ $0.decl.as(EnumCaseDeclSyntax.self) }) {
            guard let mark = group.attributes.named(["Unknown"]).first else { continue }
            if unknown != nil || group.elements.count > 1 {
                findings.error("only one case can represent unknown values: mark only one", at: mark)
            }
            for element in group.elements where element.parameterClause != nil {
                findings.error("the case for unknown values can't have associated values: remove those of `\(element.name.text)`", at: mark)
            }
            unknown = group.elements.first?.name.text
        }
        return unknown
    }
}
