import SwiftSyntax

extension StructDeclSyntax {
    /// The stored properties, each with its source location.
    func schemaFields(_ options: SchemaOptions, _ findings: inout Findings) -> [SchemaField] {
        var fields: [SchemaField] = []
        for member in memberBlock.members {
            guard let variable = member.decl.as(VariableDeclSyntax.self) else { continue }
            for attribute in variable.attributes.named(["Check", "Field", "Example"]) where !variable.isStoredInstanceProperty {
                findings.error(
                    "@\(attribute.name) can only be applied to stored properties: this one is computed, lazy or static", at: attribute)
            }
            if variable.isStoredInstanceProperty { fields += variable.schemaFields(options, &findings) }
        }
        fields.map { (syntax: $0.syntax, number: $0.number) }.checkNumbers(&findings)
        fields.map { (syntax: $0.syntax, key: $0.key) }.checkKeys("field", &findings)
        if fields.count > 128 { findings.error("a schema can have at most 128 fields: move some of them to another struct", at: name) }
        return fields
    }
}

extension StructDeclSyntax {
    var hasLazyProperty: Bool {
        memberBlock.members.contains { member in
            member.decl.as(VariableDeclSyntax.self)?.modifiers.contains { $0.name.text == "lazy" } ?? false
        }
    }
}

extension VariableDeclSyntax {
    /// Reports modifiers that hide a field although it is encoded, or that make it a reference.
    private func checkModifiers(_ findings: inout Findings) {
        for modifier in modifiers where modifier.detail == nil {
            switch modifier.name.text {
            case "private", "fileprivate":
                findings.error(
                    "every stored property of a schema is sent: remove `\(modifier.name.text)`, or move private values to another type",
                    at: modifier)
            case "weak", "unowned": findings.error("values are sent as copies: remove `\(modifier.name.text)`", at: modifier)
            default: break
            }
        }
    }

    var isStoredInstanceProperty: Bool {
        let words = modifiers.map(\.name.text)
        if words.contains("static") || words.contains("class") || words.contains("lazy") { return false }
        return bindings.allSatisfy { $0.accessorBlock?.isComputed != true }
    }

    fileprivate func schemaFields(_ options: SchemaOptions, _ findings: inout Findings) -> [SchemaField] {
        if let wrapper = attributes.compactMap({ $0.as(AttributeSyntax.self) }).first(where: \.isWrapper) {
            findings.error("a field of a schema can't have a property wrapper: move `@\(wrapper.name)` to another property", at: wrapper)
            return []
        }
        checkModifiers(&findings)
        let attribute = FieldAttribute(attributes, &findings)
        // `var a, b: Int`: a name without a type has the type of the next one that has one.
        var fields: [SchemaField] = [], type: TypeSyntax?
        for binding in bindings.reversed() {
            type = binding.typeAnnotation?.type ?? (binding.initializer == nil ? type : nil)
            if let field = schemaField(binding, type, attribute, options, &findings) { fields.insert(field, at: 0) }
        }
        return fields
    }

    private func schemaField(
        _ binding: PatternBindingSyntax, _ annotation: TypeSyntax?, _ attribute: FieldAttribute, _ options: SchemaOptions,
        _ findings: inout Findings
    ) -> SchemaField? {
        guard let pattern = binding.pattern.as(IdentifierPatternSyntax.self) else {
            findings.error("write one property for each field of a schema", at: binding.pattern)
            return nil
        }
        let name = pattern.identifier.text
        pattern.identifier.checkKey(&findings)
        if bindingSpecifier.tokenKind == .keyword(.let), let initializer = binding.initializer {
            findings.error(
                "`\(name)` can never have another value: make it a `var`, or a `static let` if it is not a field", at: initializer)
            return nil
        }
        guard let type = annotation ?? binding.initializer?.value.literalType else {
            findings.error("write the type of `\(name)`: a macro can't see inferred types", at: pattern)
            return nil
        }
        let shape = TypeShape(type)
        shape.check(&findings)
        return SchemaField(
            syntax: pattern.identifier, name: name.unquoted, key: attribute.key ?? options.naming.key(name.unquoted), identifier: name,
            type: shape, fallback: binding.initializer?.value.trimmedDescription ?? (shape.isChange ? ".keep" : nil),
            description: DocComment(of: self).text,
            checks: attributes.named(["Check"]).flatMap { SchemaCheck.all(of: $0, on: shape, &findings) }, attribute: attribute,
            omitsNil: options.omitsNil)
    }
}

extension TokenSyntax {
    /// A key is written and compared without escaping, so it must not need any.
    func checkKey(_ findings: inout Findings) {
        if text.contains("\"") { findings.error("the name \(text) would be a key in JSON: remove the quote", at: self) }
    }

    /// The expansion generates members beside the cases, so a case needs a name of its own.
    func checkCase(_ findings: inout Findings) {
        let name = text.unquoted
        guard ["schema", "parameterSchema", "protobufKind"].contains(name) else { return }
        findings.error("`\(name)` is generated by @Schema: write `case \(name)Case`, with = \"\(name)\" if it is sent as a text", at: self)
    }
}

extension AttributeSyntax {
    /// The attributes of the language start with a lowercase letter; of the others, those that `@Schema` or `@Model` reads are not property
    /// wrappers.
    fileprivate var isWrapper: Bool {
        name.first?.isUppercase == true && !["Check", "Field", "Example"].contains(name) && !ModelField.attributes.contains(name)
    }
}

extension AccessorBlockSyntax {
    fileprivate var isComputed: Bool {
        guard case .accessors(let accessors) = accessors else { return true }
        return accessors.contains { !["willSet", "didSet"].contains($0.accessorSpecifier.text) }
    }
}

extension ExprSyntax {
    /// The type of a plain literal without context.
    var literalType: TypeSyntax? {
        let literal = self.as(PrefixOperatorExprSyntax.self)?.expression ?? self
        if literal.is(IntegerLiteralExprSyntax.self) { return "Int" }
        if literal.is(FloatLiteralExprSyntax.self) { return "Double" }
        if literal.is(BooleanLiteralExprSyntax.self) { return "Bool" }
        if literal.is(StringLiteralExprSyntax.self) { return "String" }
        return nil
    }
}
