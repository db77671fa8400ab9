import SwiftSyntax

extension StructDeclSyntax {
    /// The stored properties, in order.
    func modelFields(_ findings: inout Findings) -> [ModelField] {
        checkCopies(&findings)
        if let generics = genericParameterClause {
            findings.error(
                "a table has the same columns for every type argument: remove the generic parameters of `\(name.text)`", at: generics)
        }
        var fields: [ModelField] = []
        for member in memberBlock.members {
            if let condition = member.decl.as(IfConfigDeclSyntax.self), condition.hasFields {
                findings.error("a table must have the same columns in every build: move the property out of #if", at: condition)
            }
            guard let variable = member.decl.as(VariableDeclSyntax.self) else { continue }
            for attribute in variable.attributes.named(ModelField.attributes) where !variable.isStoredInstanceProperty {
                findings.error(
                    "@\(attribute.name) can only be applied to stored properties: this one is computed, lazy or static", at: attribute)
            }
            if variable.isStoredInstanceProperty {
                fields += variable.modelFields(AccessLevel(of: modifiers).memberModifier, &findings)
            }
        }
        return fields
    }
}

extension StructDeclSyntax {
    /// Whether it has no stored property, even in a condition.
    var storesNothing: Bool {
        !memberBlock.members.contains { member in
            member.decl.as(VariableDeclSyntax.self)?.isStoredInstanceProperty ?? member.decl.is(IfConfigDeclSyntax.self)
        }
    }
}

extension ModelField {
    /// The attributes that say something about a column.
    static let attributes: Set<String> = [
        "Key", "Unique", "Indexed", "References", "JSON", "Column", "Renamed", "Version", "UpdatedAt", "DeletedAt", "Check",
    ]

    /// Those of them that say something about the whole row.
    static let rowAttributes: Set<String> = ["Key", "Unique", "Indexed", "References", "Version", "UpdatedAt", "DeletedAt"]

    /// Those that `@Schema` reads, of a struct that is both.
    private static let others: Set<String> = ["Field", "Example"]

    /// Whether an attribute is a property wrapper, as far as its name shows: those of the language start with a lowercase letter.
    fileprivate static func isWrapper(_ attribute: AttributeSyntax) -> Bool {
        attribute.name.first?.isUppercase == true && !attributes.contains(attribute.name) && !others.contains(attribute.name)
    }
}

extension VariableDeclSyntax {
    /// - Parameter access: The modifier of the members of the struct.
    fileprivate func modelFields(_ access: String, _ findings: inout Findings) -> [ModelField] {
        let all = attributes.compactMap { $0.as(AttributeSyntax.self) }
        if let wrapper = all.first(where: ModelField.isWrapper) {
            findings.error("a column can't have a property wrapper: move `@\(wrapper.name)` to another property", at: wrapper)
            return []
        }
        checkModifiers(&findings)
        checkNames(&findings)
        // `var a, b: Int`: a name without a type has the type of the next one that has one.
        var fields: [ModelField] = [], type: TypeSyntax?
        for binding in bindings.reversed() {
            type = binding.typeAnnotation?.type ?? (binding.initializer == nil ? type : nil)
            if let field = modelField(binding, type, access, &findings) { fields.insert(field, at: 0) }
        }
        return fields
    }

    private func modelField(
        _ binding: PatternBindingSyntax, _ annotation: TypeSyntax?, _ access: String, _ findings: inout Findings
    ) -> ModelField? {
        guard let pattern = binding.pattern.as(IdentifierPatternSyntax.self) else {
            findings.error("write one property for each column", at: binding.pattern)
            return nil
        }
        let name = pattern.identifier.text
        if bindingSpecifier.tokenKind == .keyword(.let), let initializer = binding.initializer {
            findings.error(
                "`\(name)` can never have another value: make it a `var`, or a `static let` if it is not stored", at: initializer)
            return nil
        }
        guard let type = annotation ?? binding.initializer?.value.literalType else {
            findings.error("write the type of `\(name)`: a macro can't see inferred types", at: pattern)
            return nil
        }
        let shape = TypeShape(type), isJSON = !attributes.named(["JSON"]).isEmpty
        if isJSON { shape.check(&findings) } else { shape.checkColumn(&findings) }
        let own = attributes.named(["Column"]).first?.argument(nil)?.plainText
        let levels = [access, AccessLevel(of: modifiers).memberModifier]
        return ModelField(
            syntax: pattern.identifier, identifier: name, column: own ?? KeyNaming.snakeCase.key(name.unquoted), type: shape,
            fallback: binding.initializer?.value, access: levels.contains("") ? "" : levels.contains("package ") ? "package " : access,
            attributes: attributes,
            checks: attributes.named(["Check"]).flatMap { SchemaCheck.all(of: $0, on: shape, &findings) })
    }

    private func checkModifiers(_ findings: inout Findings) {
        for modifier in modifiers where modifier.detail == nil {
            switch modifier.name.text {
            case "private", "fileprivate":
                findings.error(
                    "every stored property of a model is a column that queries use: remove `\(modifier.name.text)`", at: modifier)
            case "weak", "unowned": findings.error("a row is a plain value: remove `\(modifier.name.text)`", at: modifier)
            default: break
            }
        }
    }

    /// Reports attributes whose names the macro cannot read.
    private func checkNames(_ findings: inout Findings) {
        for (attribute, label) in [("Column", nil), ("Renamed", "from")] as [(String, String?)] {
            guard let argument = attributes.named([attribute]).first?.argument(label) else { continue }
            if argument.plainText?.isEmpty ?? true {
                findings.error("write the name here, in quotation marks: a macro can't see the value of a name", at: argument)
            }
        }
    }
}

extension TypeShape {
    /// Reports types that no column holds, as far as the spelling shows.
    fileprivate func checkColumn(_ findings: inout Findings) {
        if core.wrapped != nil {
            findings.error("`\(text)` has two levels of optionality, but a column has one NULL: write a single ?", at: syntax)
        } else if syntax.is(ImplicitlyUnwrappedOptionalTypeSyntax.self) {
            findings.error("`\(text)` can't be stored: write ? instead of !", at: syntax)
        } else if core.is(DictionaryTypeSyntax.self) || core.generic?.name == "Dictionary" {
            findings.error("a dictionary is stored as JSON: write @JSON", at: syntax)
        } else if let element = core.element {
            if element.text != "UInt8" { findings.error("an array is stored as JSON: write @JSON", at: syntax) }
        } else if core.is(TupleTypeSyntax.self) {
            findings.error("a tuple has no columns of its own: make it a struct marked @ColumnGroup", at: syntax)
        } else if ["Any", "AnyObject"].contains(core.text) || core.generic == nil && !core.is(MemberTypeSyntax.self) {
            findings.error("`\(text)` can't be stored: use a type that a column holds, or with @JSON one marked @Schema", at: syntax)
        }
    }
}
