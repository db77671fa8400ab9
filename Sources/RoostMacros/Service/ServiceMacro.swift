import SwiftSyntax
import SwiftSyntaxMacros

/// `@Service`: the endpoints and subscriptions of a type that serves by itself.
public struct ServiceMacro: ExtensionMacro {
    /// The text is laid out as it is written.
    public static let formatMode = FormatMode.disabled

    public static func expansion(
        of node: AttributeSyntax, attachedTo declaration: some DeclGroupSyntax, providingExtensionsOf type: some TypeSyntaxProtocol,
        conformingTo protocols: [TypeSyntax], in context: some MacroExpansionContext
    ) throws -> [ExtensionDeclSyntax] {
        var findings = Findings()
        let service = ServiceDeclaration(declaration, type.trimmedDescription, node, &findings)
        try findings.check()
        guard let service else { return [] }
        let conformance = protocols.isEmpty ? "" : ": EndpointProvider"
        let source = [String].block("extension \(type.trimmedDescription)\(conformance) {", service.members).source
        return [try ExtensionDeclSyntax("\(raw: source)")]
    }
}

/// A type that serves by itself.
struct ServiceDeclaration {
    private let owner: String
    private let access: String
    private let defaultAccess: String?
    private let isIsolated: Bool
    private let routes: [RouteDeclaration]
    private let subscriptions: [SubscriptionDeclaration]

    init?(_ declaration: some DeclGroupSyntax, _ type: String, _ attribute: AttributeSyntax, _ findings: inout Findings) {
        guard declaration.is(StructDeclSyntax.self) || declaration.is(ClassDeclSyntax.self) || declaration.is(ActorDeclSyntax.self) else {
            findings.error("@Service goes on a struct, an actor or a final class; a protocol is marked @Contract", at: attribute)
            return nil
        }
        let name = String(type.split(separator: ".").last ?? "").unquoted
        owner = name.prefix(1).lowercased() + name.dropFirst()
        access = AccessLevel(of: declaration.modifiers).memberModifier
        defaultAccess = attribute.argument("access")?.trimmedDescription
        isIsolated = declaration.is(ActorDeclSyntax.self) || !declaration.attributes.named(["MainActor"]).isEmpty
        let functions = declaration.memberBlock.members.compactMap { $0.decl.as(FunctionDeclSyntax.self) }
        routes = functions.compactMap { RouteDeclaration($0, &findings) }
        subscriptions = functions.flatMap { SubscriptionDeclaration.all(of: $0, &findings) }
        routes.checkCollisions(&findings)
    }

    var members: [String] {
        let nonisolated = isIsolated ? "nonisolated " : ""
        let endpoints = routes.flatMap { route in
            route.endpoint(
                route.route(of: owner, access: defaultAccess), calling: "self", effects: route.function.effects(isIsolated: isIsolated))
        }
        let head = "\(access)\(nonisolated)var"
        return (endpoints.isEmpty
            ? ["\(head) endpoints: [Endpoint] { [] }"] : .block("\(head) endpoints: [Endpoint] {", .block("[", endpoints, "]")))
            + (subscriptions.isEmpty
                ? []
                : [""]
                    + .block(
                        "\(head) subscriptions: [Subscription] {",
                        .block("[", subscriptions.flatMap { $0.subscription(of: owner, isIsolated: isIsolated) }, "]")))
    }
}

extension FunctionDeclSyntax {
    /// `try` and `await`, as far as a call of the function needs them.
    func effects(isIsolated: Bool) -> String {
        let canThrow = signature.effectSpecifiers?.throwsClause != nil
        let canWait = signature.effectSpecifiers?.asyncSpecifier != nil || isIsolated
        return (canThrow ? "try " : "") + (canWait ? "await " : "")
    }
}
