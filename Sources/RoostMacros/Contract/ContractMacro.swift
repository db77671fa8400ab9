import SwiftSyntax
import SwiftSyntaxMacros

/// `@Contract`: the routes of a protocol, what serves them, and what calls them.
public struct ContractMacro: PeerMacro {
    /// The text is laid out as it is written.
    public static let formatMode = FormatMode.disabled

    public static func expansion(
        of node: AttributeSyntax, providingPeersOf declaration: some DeclSyntaxProtocol, in context: some MacroExpansionContext
    ) throws -> [DeclSyntax] {
        var findings = Findings()
        guard let api = declaration.as(ProtocolDeclSyntax.self) else {
            findings.error("@Contract goes on a protocol; a type that serves by itself is marked @Service", at: node)
            try findings.check()
            return []
        }
        let contract = ContractDeclaration(api, node, in: context, &findings)
        try findings.check()
        return [contract.contract(in: context).declaration, contract.client.declaration]
    }
}

/// A protocol that is a contract.
struct ContractDeclaration {
    private let name: String
    private let title: String
    private let comment: DocComment
    private let access: AccessLevel
    /// Whether other modules see it, as far as can be told: what is nested may be hidden by what is around it.
    private let isSeenOutside: Bool
    private let defaultAccess: String?
    private let routes: [RouteDeclaration]

    init(
        _ api: ProtocolDeclSyntax, _ attribute: AttributeSyntax, in context: some MacroExpansionContext, _ findings: inout Findings
    ) {
        name = api.name.text
        title = attribute.argument(nil)?.plainText ?? ""
        if title.isEmpty { findings.error("write the contract's name as a plain string", at: attribute) }
        comment = DocComment(of: api)
        access = AccessLevel(of: api.modifiers)
        isSeenOutside = (access == .public || access == .package) && context.lexicalContext.isEmpty
        defaultAccess = attribute.argument("access")?.trimmedDescription
        routes = Self.routes(of: api, &findings)
        let inherited = api.inheritanceClause?.inheritedTypes.map(\.type.trimmedDescription) ?? []
        if !inherited.contains(where: { $0 == "Sendable" || $0 == "Actor" }) {
            findings.error("a contract is called from any task: write `protocol \(name): Sendable`", at: api.name)
        }
        routes.checkCollisions(&findings)
    }

    private static func routes(of api: ProtocolDeclSyntax, _ findings: inout Findings) -> [RouteDeclaration] {
        var routes: [RouteDeclaration] = []
        for member in api.memberBlock.members {
            guard let function = member.decl.as(FunctionDeclSyntax.self) else {
                findings.error(
                    "a contract has functions alone: make this a function, or put it into a protocol of its own", at: member.decl)
                continue
            }
            if function.attributes.named(RouteDeclaration.attributes).isEmpty {
                findings.error(
                    "say which route `\(function.name.text)` answers: @Get, @Post, @Put, @Patch, @Delete or @Live", at: function.name)
            }
            guard let route = RouteDeclaration(function, &findings) else { continue }
            route.checkContract(&findings)
            routes.append(route)
        }
        return routes
    }

    /// What knows the routes and serves them.
    func contract(in context: some MacroExpansionContext) -> [String] {
        let access = access.memberModifier
        let description = ([title.literal] + comment.arguments).joined(separator: ", ")
        let names = routes.map { "Routes.\($0.identifier)" }.joined(separator: ", ")
        return .block(
            "\(self.access.modifier)enum \(name)Contract: Contract {",
            ["\(access)typealias API = any \(name)", ""]
                + .block(
                    "\(access)enum Routes {",
                    routes.flatMap { route in
                        let value = route.route(of: title, access: defaultAccess)
                        return context.line("\(access)static let \(route.identifier) = \(value)", asAt: route.function.funcKeyword)
                    }.placed)
                + ["", "\(access)static let description = ContractDescription(\(description), routes: [\(names)])", ""]
                + .block("\(access)static func endpoints(of service: any \(name)) -> [Endpoint] {", endpoints)
                + ["", "\(access)static func client(over caller: any Caller) -> any \(name) { \(name)Client(over: caller) }"])
    }

    private var endpoints: [String] {
        routes.isEmpty
            ? ["[]"]
            : .block(
                "[",
                routes.flatMap { $0.endpoint("Routes.\($0.identifier)", calling: "service", effects: "try await ") },
                "]")
    }

    /// What calls the routes.
    var client: [String] {
        let access = access.memberModifier
        return .block(
            "\(isSeenOutside ? "" : "@ContractClient ")\(self.access.modifier)struct \(name)Client: \(name) {",
            ["private let caller: any Caller", "", "\(access)init(over caller: any Caller) { self.caller = caller }"]
                + routes.flatMap { [""] + $0.client(of: name + "Contract", access: access) })
    }
}

extension RouteDeclaration {
    /// Notes what a service of its own may have and a contract may not.
    fileprivate func checkContract(_ findings: inout Findings) {
        if !isAsync || !isThrowing {
            findings.error("`\(name)` may cross a network: write `async throws`", at: function.name)
        }
        if repliesRaw, let type = function.signature.returnClause?.type {
            findings.error("a contract's reply is a schema: a Response of one's own is for a type marked @Service", at: type)
        }
        for parameter in parameters where parameter.source == .request {
            findings.error("a contract's parameters are values: the Request is for a type marked @Service", at: parameter.syntax)
        }
    }
}

extension [RouteDeclaration] {
    /// Notes functions of one name, and routes of one method and shape of path.
    func checkCollisions(_ findings: inout Findings) {
        for (index, route) in enumerated() {
            for other in self[..<index] {
                if other.name == route.name {
                    findings.error("another function is named `\(route.name)`, and the name is the operation's", at: route.function.name)
                }
                if other.method == route.method, other.path.shape == route.path.shape {
                    findings.error(
                        "`\(other.name)` answers \(route.attribute.name.uppercased()) \(other.path.text) already", at: route.path.syntax)
                }
            }
        }
    }
}
