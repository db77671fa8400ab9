import SwiftSyntax

extension DeclGroupSyntax {
    /// The functions marked `@Check`, which check a value as a whole, by their names.
    func wholeChecks(_ findings: inout Findings) -> [String] {
        memberBlock.members.compactMap { $0.decl.as(FunctionDeclSyntax.self) }.compactMap { function in
            guard let attribute = function.attributes.named(["Check"]).first else { return nil }
            if let argument = attribute.labelledArguments.first {
                findings.error("the function itself is the rule: leave out the ones here", at: argument)
            } else if !function.checksFaults {
                findings.error(
                    "a function that checks is `func \(function.name.text)(_ faults: inout FaultCollector)`: not static, generic, async or throwing",
                    at: function.name)
            }
            return function.name.text
        }
    }
}

extension EnumDeclSyntax {
    /// Notes functions marked `@Check`, which an enum has no use for.
    func checkNoWholeChecks(_ findings: inout Findings) {
        for function in memberBlock.members.compactMap({ $0.decl.as(FunctionDeclSyntax.self) }) {
            guard let check = function.attributes.named(["Check"]).first else { continue }
            findings.error("a struct is checked as a whole: make what the cases hold a struct, and check it there", at: check)
        }
    }
}

extension FunctionDeclSyntax {
    /// Whether it takes a collector of faults and nothing else, and can be called of any value at once.
    fileprivate var checksFaults: Bool {
        let parameters = signature.parameterClause.parameters, modifiers = modifiers.map(\.name.text)
        guard parameters.count == 1, let parameter = parameters.first, parameter.firstName.text == "_" else { return false }
        return TypeShape(parameter.type).isInout && parameter.type.trimmedDescription.hasSuffix("FaultCollector")
            && signature.effectSpecifiers == nil && genericParameterClause == nil
            && !modifiers.contains { ["static", "class", "mutating", "consuming"].contains($0) }
    }
}
