import SwiftSyntax
import SwiftSyntaxMacros

/// `@Contract`: generates the routes of a protocol, their endpoints, the client, and the double for tests.
public struct ContractMacro: PeerMacro {
    /// The generated text is already formatted.
    public static let formatMode = FormatMode.disabled

    /// Makes the contract's description, its endpoints, its client and its double from the protocol.
    /// - Throws: An error that reports every mistake in the declaration.
    public static func expansion(
        of node: AttributeSyntax, providingPeersOf declaration: some DeclSyntaxProtocol, in context: some MacroExpansionContext
    ) throws -> [DeclSyntax] {
        var findings = Findings()
        guard let api = declaration.as(ProtocolDeclSyntax.self) else {
            findings.error(
                "@Contract can only be applied to a protocol; mark a type that implements its own routes with @Service", at: node)
            try findings.check()
            return []
        }
        let contract = ContractDeclaration(api, node, in: context, &findings)
        try findings.check()
        // If an attribute has no path, the compiler reports it.
        guard contract.isWhole else { return [] }
        return [contract.contract(in: context).declaration, contract.client.declaration, contract.double.declaration]
    }
}

/// A protocol that is a contract.
struct ContractDeclaration {
    private let name: String
    private let title: String
    private let comment: DocComment
    private let access: AccessLevel
    /// Whether other modules can see it, as far as the source shows: an enclosing declaration may hide a nested one.
    private let isSeenOutside: Bool
    private let defaultAccess: String?
    private let routes: [RouteDeclaration]
    /// Whether a route could be made of every function.
    let isWhole: Bool

    init(
        _ api: ProtocolDeclSyntax, _ attribute: AttributeSyntax, in context: some MacroExpansionContext, _ findings: inout Findings
    ) {
        name = api.name.text
        title = attribute.argument(nil)?.plainText ?? ""
        if title.isEmpty {
            findings.error("write the contract's name as a plain string", at: attribute)
        } else if !title.utf8.allSatisfy({ $0.isNameByte || $0 == UInt8(ascii: "-") }) || title.first?.isLetter != true {
            findings.error(
                "a contract's name is part of procedure and file names: use letters, digits, - and _, starting with a letter",
                at: attribute)
        }
        if let isolation = api.attributes.named(["MainActor"]).first {
            findings.error("a contract is called from any task: remove @MainActor", at: isolation)
        }
        comment = DocComment(of: api)
        access = AccessLevel(of: api.modifiers)
        isSeenOutside = (access == .public || access == .package) && context.lexicalContext.isEmpty
        defaultAccess = attribute.argument("access")?.trimmedDescription
        routes = Self.routes(of: api, &findings)
        for route in routes { route.checkCallers(attribute.argument("access"), &findings) }
        isWhole = routes.count == api.memberBlock.members.count
        api.checkInheritance(&findings)
        routes.checkCollisions(&findings)
    }

    private static func routes(of api: ProtocolDeclSyntax, _ findings: inout Findings) -> [RouteDeclaration] {
        var routes: [RouteDeclaration] = []
        for member in api.memberBlock.members {
            if member.decl.is(IfConfigDeclSyntax.self) {
                findings.error("a contract must be the same in every build: move the function out of #if", at: member.decl)
                continue
            }
            guard let function = member.decl.as(FunctionDeclSyntax.self) else {
                findings.error(
                    "a contract can only have functions: make this a function, or move it to another protocol", at: member.decl)
                continue
            }
            if function.attributes.named(RouteDeclaration.attributes).isEmpty {
                findings.error(
                    "declare the route of `\(function.name.text)` with @Get, @Post, @Put, @Patch, @Delete or @Live", at: function.name)
            }
            guard let route = RouteDeclaration(function, isContract: true, &findings) else { continue }
            route.checkContract(&findings)
            routes.append(route)
        }
        return routes
    }

    /// The contract's type, which has the routes and their endpoints.
    func contract(in context: some MacroExpansionContext) -> [String] {
        let access = access.memberModifier
        let description = ([title.literal] + comment.arguments).joined(separator: ", ")
        let names = routes.map { "Routes.\($0.identifier)" }.joined(separator: ", ")
        return .block(
            "\(self.access.modifier)enum \(name)Contract: Roost.Contract {",
            ["\(access)typealias API = any \(name)", ""]
                + .block(
                    "\(access)enum Routes {",
                    routes.flatMap { route in
                        let value = route.route(of: title, access: defaultAccess)
                        return context.line("\(access)static let \(route.identifier) = \(value)", asAt: route.function.funcKeyword)
                    }.placed)
                + ["", "\(access)static let description = Roost.ContractDescription(\(description), routes: [\(names)])", ""]
                + .block("\(access)static func endpoints(of service: any \(name)) -> [Roost.Endpoint] {", endpoints(in: context))
                + ["", "\(access)static func client(of callee: Roost.Callee<any \(name)>) -> any \(name) { \(name)Client(of: callee) }"])
    }

    private func endpoints(in context: some MacroExpansionContext) -> [String] {
        routes.isEmpty
            ? ["[]"]
            : .block(
                "[",
                routes.flatMap { $0.endpoint("Routes.\($0.identifier)", calling: "service", effects: "try await ", in: context) },
                "]")
    }

    /// The double for tests.
    var double: [String] {
        ContractDouble(contract: name, title: title, access: access, isSeenOutside: isSeenOutside, routes: routes).source
    }

    /// The property that holds the callee, whose name differs from those of the functions.
    private var callee: String { "callee".avoiding(Set(routes.map(\.name)), suffix: "Value") }

    /// The client that calls the routes.
    var client: [String] {
        let access = access.memberModifier
        return .block(
            "\(isSeenOutside ? "" : "@ContractClient ")\(self.access.modifier)struct \(name)Client: \(name) {",
            [
                "private let \(callee): Roost.Callee<any \(name)>", "",
                "\(access)init(of callee: Roost.Callee<any \(name)>) { self.\(callee) = callee }",
            ] + routes.flatMap { [""] + $0.client(of: name + "Contract", to: callee, access: access) })
    }
}

extension RouteDeclaration {
    /// Reports what the routes of a `@Service` may have but those of a contract may not.
    fileprivate func checkContract(_ findings: inout Findings) {
        if !isAsync || !isThrowing {
            findings.error("a call of `\(name)` can go over the network: write `async throws`", at: function.name)
        }
        if let typed = function.signature.effectSpecifiers?.throwsClause?.type {
            findings.error("every error is sent as a Problem: write `throws` without a type, and throw a Problem", at: typed)
        }
    }
}

extension ProtocolDeclSyntax {
    /// Reports inherited protocols and open requirements: a contract consists of its own functions only, and any type can implement it.
    fileprivate func checkInheritance(_ findings: inout Findings) {
        let inherited = inheritanceClause?.inheritedTypes.map(\.type) ?? []
        let others = inherited.filter { !Self.sendable.contains($0.trimmedDescription) }
        for type in others {
            findings.error(
                "a contract can inherit only from Sendable: write the functions of `\(type.trimmedDescription)` here, or serve both contracts",
                at: type)
        }
        if others.count == inherited.count {
            findings.error("a contract is called from any task: write `protocol \(name.text): Sendable`", at: name)
        }
        if let types = primaryAssociatedTypeClause {
            findings.error("a contract can't have associated types: only concrete types can be sent", at: types)
        }
        if let requirements = genericWhereClause {
            findings.error("a contract can't have further requirements: remove the `where` clause", at: requirements)
        }
    }

    private static let sendable: Set = ["Sendable", "Swift.Sendable"]
}

extension [RouteDeclaration] {
    /// Reports functions with the same name, and routes with the same method and path shape.
    func checkCollisions(_ findings: inout Findings) {
        for (index, route) in enumerated() {
            for other in self[..<index] {
                if other.name == route.name {
                    findings.error(
                        "another function is named `\(route.name)`, but the name must identify the operation: rename one of them",
                        at: route.function.name)
                } else if other.procedure == route.procedure {
                    findings.error(
                        "`\(route.name)` and `\(other.name)` are both \(route.procedure) in gRPC: rename one", at: route.function.name)
                }
                if other.method == route.method, other.path.shape == route.path.shape {
                    findings.error(
                        "`\(other.name)` already answers \(route.attribute.name.uppercased()) \(other.path.text)", at: route.path.syntax)
                }
            }
        }
    }
}
