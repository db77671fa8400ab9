import SwiftSyntax

extension DeclGroupSyntax {
    /// The names of the functions marked `@Check`, which check a value as a whole.
    func wholeChecks(_ findings: inout Findings) -> [String] {
        memberBlock.members.compactMap { $0.decl.as(FunctionDeclSyntax.self) }.compactMap { function in
            guard let attribute = function.attributes.named(["Check"]).first else { return nil }
            if let argument = attribute.labelledArguments.first {
                findings.error("a function is a rule itself: remove the rules in this attribute", at: argument)
            } else if !function.checksFaults {
                findings.error(
                    "a function marked @Check must be `func \(function.name.text)(_ faults: inout FaultCollector)`: not static, generic, async or throwing",
                    at: function.name)
            }
            return function.name.text
        }
    }
}

extension EnumDeclSyntax {
    /// Reports functions marked `@Check` in an enum, where they have no meaning.
    func checkNoWholeChecks(_ findings: inout Findings) {
        for function in memberBlock.members.compactMap({ $0.decl.as(FunctionDeclSyntax.self) }) {
            guard let check = function.attributes.named(["Check"]).first else { continue }
            findings.error(
                "only a struct can be checked as a whole: move the values of the case to a struct, and check them there", at: check)
        }
    }
}

extension FunctionDeclSyntax {
    /// Whether the function takes a fault collector and nothing else, and can be called synchronously on any value.
    fileprivate var checksFaults: Bool {
        let parameters = signature.parameterClause.parameters, modifiers = modifiers.map(\.name.text)
        guard parameters.count == 1, let parameter = parameters.first, parameter.firstName.text == "_" else { return false }
        return TypeShape(parameter.type).isInout && parameter.type.trimmedDescription.hasSuffix("FaultCollector")
            && signature.effectSpecifiers == nil && genericParameterClause == nil
            && !modifiers.contains { ["static", "class", "mutating", "consuming"].contains($0) }
    }
}
