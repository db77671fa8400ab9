import Foundation
import Roost
import Testing

@testable import RoostAuth

@Suite struct AuthenticationMiddlewareTests {
    let issuing: Issuing

    init() async throws { issuing = try await Issuing() }

    private func fresh() async throws -> String { try await issuing.token(at: Date()) }

    /// The principal that the handler sees.
    private func principal(_ headers: Headers, serviceKey: String? = "key") async throws -> Principal {
        let middleware = AuthenticationMiddleware(verifier: issuing.verifier(), serviceKey: serviceKey)
        let seen = Box()
        _ = try await middleware.respond(to: Request(.get, "/", headers: headers), in: RequestContext()) { _, context in
            await seen.set(context.principal)
            return Response()
        }
        return try #require(await seen.value)
    }

    private actor Box {
        private(set) var value: Principal?
        func set(_ value: Principal) { self.value = value }
    }

    @Test func nobodySaysWhoTheyAre() async throws {
        #expect(try await principal([:]) == .anonymous)
    }

    @Test(arguments: ["Bearer", "bearer", "BEARER"])
    func aTokenIsAnAccount(scheme: String) async throws {
        let account = Principal.account("account-1", roles: ["admin"], session: "session-1")
        #expect(try await principal(["Authorization": "\(scheme) \(fresh())"]) == account)
    }

    @Test(arguments: ["", "Bearer", "Bearer ", "Bearer a b", "Basic dTpw", "Bearer nonsense"])
    func aBadTokenSaysSo(value: String) async throws {
        do {
            _ = try await principal(["authorization": value])
            Issue.record("was taken")
        } catch let problem as Problem {
            #expect(problem.status == .unauthorized)
            #expect(problem.headers["www-authenticate"]?.hasPrefix("Bearer error=\"invalid_token\"") == true)
        }
    }

    @Test func aWebSocketsTokenMayComeAsASubprotocol() async throws {
        let fields: Headers = ["upgrade": "websocket", "sec-websocket-protocol": "roost, bearer.\(try await fresh())"]
        #expect(try await principal(fields) == .account("account-1", roles: ["admin"], session: "session-1"))
        let bad: Headers = ["upgrade": "websocket", "sec-websocket-protocol": "roost, bearer.nonsense"]
        #expect(try await status { _ = try await principal(bad) } == .unauthorized)
        #expect(try await principal(["sec-websocket-protocol": "roost, bearer.nonsense"]) == .anonymous)
    }

    @Test func twoTokensAreNone() async throws {
        let token = try await fresh()
        let headers = Headers([("authorization", "Bearer \(token)"), ("authorization", "Bearer \(token)")])
        #expect(try await status { _ = try await principal(headers) } == .unauthorized)
    }

    @Test func aRevokedSessionIsRefused() async throws {
        let token = try await fresh()
        try await issuing.revocations.revoke(session: "session-1", until: Date() + 900)
        #expect(try await status { _ = try await principal(["authorization": "Bearer \(token)"]) } == .unauthorized)
    }

    @Test func theSystemsKeyIsAService() async throws {
        let principal = try await principal(["x-service-key": "key", "x-service-name": "orders"])
        #expect(principal == .service("orders"))
        try Access.services.check(principal)
        #expect(throws: Problem.self) { try Access.role("admin").check(principal) }
    }

    @Test func aServiceThatBearsATokenCallsForTheAccount() async throws {
        let principal = try await principal([
            "x-service-key": "key", "x-service-name": "orders", "authorization": "Bearer \(fresh())",
        ])
        #expect(principal.kind == .account)
        #expect(principal.id == "account-1")
        #expect(principal.callingService == "orders")
        try Access.services.check(principal)
        try Access.role("admin").check(principal)
    }

    @Test func anAccountAloneIsNoService() async throws {
        let principal = try await principal(["authorization": "Bearer \(fresh())", "x-service-name": "orders"])
        #expect(throws: Problem.self) { try Access.services.check(principal) }
    }

    @Test func aWrongKeyOrNoNameIsRefused() async throws {
        for headers: Headers in [
            ["x-service-key": "kez", "x-service-name": "orders"], ["x-service-key": "", "x-service-name": "orders"],
            ["x-service-key": "key"], ["x-service-key": "key", "x-service-name": "or ders"],
        ] {
            #expect(try await status { _ = try await principal(headers) } == .unauthorized)
        }
    }

    @Test func withoutAKeyNobodyIsAService() async throws {
        #expect(try await principal(["x-service-key": "", "x-service-name": "orders"], serviceKey: nil) == .anonymous)
    }
}
