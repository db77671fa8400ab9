import Accounts
import AccountsAPI
import AccountsTesting
import Foundation
import Roost
import RoostAuth
import RoostGRPC
import RoostGateway
import RoostHTTP
import RoostSystem
import RoostSystemTesting
import ShopCommon
import TestTools
import Testing

/// Nobody outside says who calls: not even with a principal that is signed well.
@Suite(.timeLimit(.minutes(5))) struct PrincipalTests {
    /// How a request reaches the system. A browser's token comes as a subprotocol.
    enum Wire: CaseIterable { case http1, http2, gRPC, webSocket, browser }

    private static let systemKey = "the key of the system"

    @Test(arguments: Wire.allCases, Arrangement.allCases)
    func aPrincipalFromOutsideIsNotHeard(wire: Wire, arrangement: Arrangement) async throws {
        let accounts = TestAccounts()
        try await TestSystem.run(["SERVICE_KEY": Self.systemKey], arrangement: arrangement) {
            Gateway().authenticating(AccountsService.verifyingTokens)
            accounts
            VaultService()
        } test: { system in
            let customer = try await accounts.token(), admin = try await accounts.token(roles: ["admin"])
            let keys = try await system.client(AccountsAPIContract.self).keys()
            let forged = try await Self.principal(of: admin, boundTo: customer, keys, key: Self.systemKey)
            let foreign = try await Self.principal(of: admin, boundTo: customer, keys, key: "the key of another system")
            let stolen = try await Self.principal(of: admin, boundTo: admin, keys, key: Self.systemKey)
            let door = try await system.port(of: "gateway"), vault = try await system.port(of: "vault")
            for principal in [forged, foreign, stolen, "x"] {
                #expect(try await open(over: wire, at: door, token: customer, principal) == .forbidden)
                // Only who has the system's key could make the first one. Behind the gateway that is taken, so that these requests can fail.
                let inside = try await open(over: wire, at: vault, token: customer, principal)
                #expect(inside == (principal == forged ? .ok : .forbidden))
            }
            for port in [door, vault] {
                #expect(try await open(over: wire, at: port, token: nil, stolen) == .unauthorized)
                #expect(try await open(over: wire, at: port, token: admin, "x") == .ok)
            }
        }
    }

    @Test(arguments: Arrangement.allCases) func whoIsSignedOutIsRefusedAtTheDoorAtOnce(arrangement: Arrangement) async throws {
        try await TestSystem.run(["SERVICE_KEY": Self.systemKey], arrangement: arrangement) {
            Gateway().authenticating(AccountsService.verifyingTokens)
            AccountsService()
            VaultService()
        } test: { system in
            let accounts = AccountsAPIContract.client(over: try await system.client(of: "gateway"))
            _ = try await accounts.signUp(NewAccount(email: "ada@example.com", password: "a good password", name: "Ada"))
            let token = try await accounts.signIn(Credentials(email: "ada@example.com", password: "a good password")).accessToken
            let ada = try await system.client(of: "gateway", as: .bearer(token)), door = try await system.port(of: "gateway")
            for wire in Wire.allCases { #expect(try await open(over: wire, at: door, token: token, nil) == .forbidden) }
            #expect(try await ada.send(.delete, "/sessions/current").status == .noContent)
            // The services have just taken its principal, which is good for a minute.
            for wire in Wire.allCases { #expect(try await open(over: wire, at: door, token: token, nil) == .unauthorized) }
            let answer = try await ada.send(.get, "/accounts/me")
            #expect(answer.status == .unauthorized && answer.headers["www-authenticate"]?.contains("invalid_token") == true)
            #expect(answer.headers["x-content-type-options"] == "nosniff" && answer.problem.status == .unauthorized)
            // What is for everyone asks nobody who they are.
            #expect(try await ada.send(.get, "/openapi.json").status == .ok)
        }
    }

    // MARK: What the tests share

    /// Signs what one token says, for use with another.
    private static func principal(
        of token: String, boundTo other: String, _ keys: JSONWebKeySet, key: String
    ) async throws -> String {
        let verifier = TokenVerifier(issuer: ShopTokens.issuer, audience: ShopTokens.audience) { keys }
        return try await PrincipalSigner(systemKey: key, audience: ShopTokens.audience).sign(try await verifier.verify(token), for: other)
    }

    /// Asks for what only administrators may have.
    private func open(over wire: Wire, at port: Int, token: String?, _ principal: String?) async throws -> Status {
        let address = HTTPAddress(host: "127.0.0.1", port: port), http = PooledHTTPClient()
        defer { http.shutdown() }
        var headers = Headers()
        headers["x-principal"] = principal
        if wire != .browser { headers["authorization"] = token.map { "Bearer \($0)" } }
        do {
            switch wire {
            case .http1: return try await http.send(Request(.get, "/vault", headers: headers), to: address, deadline: nil).status
            case .http2: return try await curl("http://\(address)/vault", headers)
            case .gRPC:
                let caller = ServiceCaller.grpc(to: address, as: ServiceIdentity(name: "tests"))
                defer { caller.close() }
                let client = VaultAPIContract.client(over: Carrying(headers: headers, caller: caller))
                _ = try await client.open()
            case .webSocket, .browser:
                let offered = wire == .browser ? ["roost"] + (token.map { ["bearer.\($0)"] } ?? []) : []
                _ = try await http.webSocket("/vault/live", at: address, headers: headers, subprotocols: offered)
            }
            return .ok
        } catch let problem as Problem {
            return problem.status
        }
    }

    /// The status that curl is answered with over HTTP/2.
    private func curl(_ url: String, _ headers: Headers) async throws -> Status {
        let arguments = ["-s", "--http2-prior-knowledge", "-o", "/dev/null", "-w", "%{http_code}", url]
        let fields = headers.fields.flatMap { ["-H", "\($0.name): \($0.value)"] }
        let code = try await Tool.run("curl", arguments + fields, includesErrors: false).output
        return Status(try #require(Int(code)))
    }
}

/// What only administrators may have.
@Contract("vault", access: .role("admin"))
protocol VaultAPI: Sendable {
    @Get("/vault") func open() async throws -> String
    @Live("/vault/live") func watch() async throws -> MessageStream<Int>
}

struct VaultService: ServiceDefinition {
    let name = "vault"

    func assemble(on host: ServiceHost) async throws -> Vault {
        let accounts = try await host.client(for: AccountsAPIContract.self)
        host.use(host.shopMiddleware(keys: accounts.keys))
        return Vault()
    }
}

@Service(VaultAPI.self)
struct Vault: VaultAPI {
    func open() async throws -> String { "gold" }
    func watch() async throws -> MessageStream<Int> { MessageStream(AsyncStream { $0.yield(1) }) }
}

/// Adds header fields to calls.
private struct Carrying: Caller {
    let headers: Headers
    let caller: ServiceCaller

    var codec: any CallCodec { caller.codec }

    func send(_ request: Request, for route: Route) async throws -> Response {
        var request = request
        for (name, value) in headers.fields { request.headers[name] = value }
        return try await caller.send(request, for: route)
    }
}
