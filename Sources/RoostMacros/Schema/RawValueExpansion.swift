import SwiftSyntax

/// A struct around a raw value, such as a typed identifier. It is encoded as its raw value; `RoostSchema` does this for every
/// `RawRepresentable` type.
struct RawValueExpansion: SchemaExpansion {
    let conformances: [String], isSendableByFields = false
    let members: () -> [[String]]

    /// - Returns: `nil` if the struct is not such a type.
    init?(_ declaration: StructDeclSyntax, _ options: SchemaOptions, _ findings: inout Findings) {
        let inherited = declaration.inheritanceClause?.inheritedTypes.compactMap { $0.type.trimmedDescription.components.last } ?? []
        guard inherited.contains("RawRepresentable") || inherited.contains("OptionSet") else { return nil }
        options.checkNoFields(instead: "remove `fields`, because it is sent as its raw value", &findings)
        let properties = declaration.memberBlock.members.compactMap { $0.decl.as(VariableDeclSyntax.self) }
        for check in properties.flatMap({ $0.attributes.named(["Check"]) }) {
            findings.error(
                "a raw value is checked by its initializer: write an `init?(rawValue:)` that returns nil for invalid values", at: check)
        }
        let raw = properties.flatMap(\.bindings).first { $0.pattern.trimmedDescription == "rawValue" }?.typeAnnotation?.type
        let isParameter = raw.map { Self.parameters.contains($0.trimmedDescription.components.last ?? "") } ?? false
        conformances = isParameter ? ["Schema", "ParameterValue"] : ["Schema"]
        members = { raw.flatMap { declaration.rawValueInitializer($0.trimmedDescription) }.map { [$0] } ?? [] }
    }

    /// The raw types that can be used in a path or a query.
    private static let parameters: Set = [
        "String", "Bool", "Double", "UUID", "Date", "Int", "Int8", "Int16", "Int32", "Int64", "UInt8", "UInt16", "UInt32",
    ]
}

extension StructDeclSyntax {
    /// `init(rawValue:)`, if the compiler synthesizes none that the users of the type can call.
    fileprivate func rawValueInitializer(_ raw: String) -> [String]? {
        let own = memberBlock.members.compactMap { $0.decl.as(InitializerDeclSyntax.self) }
        if own.contains(where: { $0.signature.parameterClause.parameters.map(\.firstName.text) == ["rawValue"] }) { return nil }
        let access = AccessLevel(of: modifiers).memberModifier
        if own.isEmpty && access.isEmpty { return nil }
        return ["\(access)init(rawValue: \(raw)) { self.rawValue = rawValue }"]
    }
}
