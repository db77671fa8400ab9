import SwiftSyntax
import SwiftSyntaxMacros

/// `@Service`: generates the lists of what a type offers, its endpoints and subscriptions, and the conformance.
public struct ServiceMacro: MemberMacro, ExtensionMacro {
    /// The generated text is already formatted.
    public static let formatMode = FormatMode.disabled

    /// Adds the endpoints and the subscriptions to the type.
    /// - Throws: An error that reports every mistake in the declaration.
    public static func expansion(
        of node: AttributeSyntax, providingMembersOf declaration: some DeclGroupSyntax, conformingTo protocols: [TypeSyntax],
        in context: some MacroExpansionContext
    ) throws -> [DeclSyntax] {
        var findings = Findings()
        let service = ServiceDeclaration(declaration, node, &findings)
        try findings.check()
        return service?.members(in: context).map(\.declaration) ?? []
    }

    /// Adds the conformance to `EndpointProvider`.
    public static func expansion(
        of node: AttributeSyntax, attachedTo declaration: some DeclGroupSyntax, providingExtensionsOf type: some TypeSyntaxProtocol,
        conformingTo protocols: [TypeSyntax], in context: some MacroExpansionContext
    ) throws -> [ExtensionDeclSyntax] {
        // The other role reports the errors.
        var findings = Findings()
        guard ServiceDeclaration(declaration, node, &findings) != nil, findings.diagnostics.isEmpty, !protocols.isEmpty else { return [] }
        return [try ExtensionDeclSyntax("extension \(type.trimmed): Roost.EndpointProvider {}")]
    }
}

/// A type marked `@Service`.
struct ServiceDeclaration {
    private let owner: String
    private let access: String
    private let defaultAccess: String?
    /// The types that `@Contract` generates from the protocols.
    private let contracts: [String]
    /// The published events, as a list.
    private let publishedEvents: String?
    private let isIsolated: Bool
    private let routes: [RouteDeclaration]
    private let subscriptions: [SubscriptionDeclaration]

    init?(_ declaration: some DeclGroupSyntax, _ attribute: AttributeSyntax, _ findings: inout Findings) {
        guard declaration.is(StructDeclSyntax.self) || declaration.is(ClassDeclSyntax.self) || declaration.is(ActorDeclSyntax.self) else {
            findings.error(
                "@Service can only be applied to a struct, an actor or a final class; mark a protocol with @Contract", at: attribute)
            return nil
        }
        let name = declaration.asProtocol((any NamedDeclSyntax).self)?.name.text.unquoted ?? ""
        owner = name.prefix(1).lowercased() + name.dropFirst()
        access = AccessLevel(of: declaration.modifiers).memberModifier
        defaultAccess = attribute.argument("access")?.trimmedDescription
        publishedEvents = attribute.argument("publishes")?.trimmedDescription
        contracts = attribute.contractNames(&findings)
        isIsolated = declaration.is(ActorDeclSyntax.self) || !declaration.attributes.named(["MainActor"]).isEmpty
        let functions = declaration.memberBlock.members.compactMap { $0.decl.as(FunctionDeclSyntax.self) }
        routes = functions.compactMap { RouteDeclaration($0, isContract: false, &findings) }
        for route in routes { route.checkCallers(attribute.argument("access"), &findings) }
        subscriptions = functions.flatMap { SubscriptionDeclaration.all(of: $0, &findings) }
        declaration.checkNames(routes.isEmpty ? [] : ["Routes"], &findings)
        declaration.checkNames(subscriptions.isEmpty ? ["endpoints"] : ["endpoints", "subscriptions"], &findings)
        declaration.checkNames(contracts.isEmpty ? [] : ["implementations"], &findings)
        routes.checkCollisions(&findings)
        subscriptions.checkCollisions(&findings)
        for condition in declaration.memberBlock.members.compactMap({ $0.decl.as(IfConfigDeclSyntax.self) }) where condition.hasServed {
            findings.error("@Service can't see functions in #if: move the #if into the body of the function", at: condition)
        }
    }

    /// Each member's lines.
    func members(in context: some MacroExpansionContext) -> [[String]] {
        let endpoints = routes.flatMap { route in
            route.endpoint(
                "Routes.\(route.identifier)", calling: "self", effects: route.function.effects(isIsolated: isIsolated), in: context)
        }
        let handlers = subscriptions.flatMap { $0.subscription(of: owner, isIsolated: isIsolated) }
        return (routes.isEmpty ? [] : [routeList(in: context)]) + offer + [
            property("endpoints", "Roost.Endpoint", endpoints, beside: contracts)
        ]
            + (handlers.isEmpty
                ? []
                : [
                    property("subscriptions", "RoostEvents.Subscription", handlers), subscribedEvents,
                    ["\(access)\(isIsolated ? "nonisolated " : "")var eventSubscriptions: [any Roost.EventSubscription] { subscriptions }"],
                ])
    }

    /// The list is computed, because a generic type cannot have static stored properties.
    private func routeList(in context: some MacroExpansionContext) -> [String] {
        let routes = routes.flatMap { route in
            let value = route.route(of: owner, access: defaultAccess)
            return context.line("static var \(route.identifier): Roost.Route { \(value) }", asAt: route.function.funcKeyword)
        }
        return .block("enum Routes {", routes.placed)
    }

    /// The contracts and the published events, available without an instance, and the implementations.
    private var offer: [[String]] {
        let list = contracts.map { "\($0).self" }.joined(separator: ", ")
        let implementations = contracts.map { "Roost.ContractImplementation(\($0).self, by: self)," }
        return
            (contracts.isEmpty
            ? []
            : [
                constant("contracts", "any Roost.Contract.Type", "[\(list)]"),
                property("implementations", "Roost.ContractImplementation", implementations),
            ])
            + (publishedEvents.map { [constant("publishedEvents", "any Roost.Event.Type", $0)] } ?? [])
    }

    /// The subscribed events, available without an instance.
    private var subscribedEvents: [String] {
        var seen: Set<String> = []
        let events = subscriptions.map(\.event).filter { seen.insert($0).inserted }
        return constant("subscribedEvents", "any Roost.Event.Type", "[\(events.joined(separator: ", "))]")
    }

    private func constant(_ name: String, _ type: String, _ list: String) -> [String] {
        ["\(access)\(isIsolated ? "nonisolated " : "")static var \(name): [\(type)] { \(list) }"]
    }

    /// - Parameter contracts: The contracts whose endpoints precede the elements.
    private func property(_ name: String, _ type: String, _ elements: [String], beside contracts: [String] = []) -> [String] {
        let head = "\(access)\(isIsolated ? "nonisolated " : "")var \(name): [\(type)] {"
        let others = contracts.map { "\($0).endpoints(of: self)" }.joined(separator: " + ")
        if elements.isEmpty { return ["\(head) \(others.isEmpty ? "[]" : others) }"] }
        return .block(head, .block(others.isEmpty ? "[" : "\(others) + [", elements, "]"))
    }
}

extension AttributeSyntax {
    /// The contracts of the protocols that `@Service` names: `OrdersAPIContract` of `OrdersAPI.self` or `(any OrdersAPI).self`.
    fileprivate func contractNames(_ findings: inout Findings) -> [String] {
        labelledArguments.prefix { $0.label == nil }.compactMap { argument in
            var text = argument.expression.trimmedDescription
            guard text.hasSuffix(".self") else {
                findings.error("write the contract's protocol itself, such as OrdersAPI.self", at: argument.expression)
                return nil
            }
            text.removeLast(5)
            if text.hasPrefix("(any "), text.hasSuffix(")") { text = String(text.dropFirst(5).dropLast()) }
            return text + "Contract"
        }
    }
}

extension DeclGroupSyntax {
    /// Reports members whose names the expansion generates itself.
    fileprivate func checkNames(_ taken: Set<String>, _ findings: inout Findings) {
        for member in memberBlock.members {
            var names = (member.decl.as(VariableDeclSyntax.self)?.bindings).map { $0.map(\.pattern.trimmedDescription) } ?? []
            if let function = member.decl.as(FunctionDeclSyntax.self) {
                if function.signature.parameterClause.parameters.isEmpty { names = [function.name.text] }
            } else if let named = member.decl.asProtocol((any NamedDeclSyntax).self) {
                names = [named.name.text]
            }
            for name in names where taken.contains(name) {
                findings.error("`\(name)` is generated by @Service: rename this member", at: member.decl)
            }
        }
    }
}

extension IfConfigDeclSyntax {
    /// Whether the type contains a function that answers a route or handles an event.
    fileprivate var hasServed: Bool {
        clauses.contains { clause in
            guard case .decls(let members) = clause.elements else { return false }
            return members.contains { member in
                let attributes = member.decl.as(FunctionDeclSyntax.self)?.attributes
                return attributes?.named(RouteDeclaration.attributes.union(["Subscribe"])).isEmpty == false
                    || member.decl.as(IfConfigDeclSyntax.self)?.hasServed == true
            }
        }
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
