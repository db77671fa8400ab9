import Foundation
import Roost
import Testing

@testable import RoostAuth

/// The gateway verifies tokens, and the services behind it take its word.
@Suite struct GatewayAuthenticationTests {
    private let issuing: Issuing
    private let signer = PrincipalSigner(systemKey: "the key of the system", audience: "shop")
    /// The services' own source of keys, which tells whether they verify tokens.
    private let keys: KeySource

    init() async throws {
        issuing = try await Issuing()
        keys = KeySource([issuing.key])
    }

    /// What a handler sees, and how often the service asked for keys.
    private struct Seen: Equatable {
        var principal: Principal
        var asked: Int
    }

    private func throughTheDoor(_ headers: Headers, to service: AuthenticationMiddleware) async throws -> (Seen, RequestContext) {
        let gateway = GatewayAuthentication(verifier: issuing.verifier(), signer: signer)
        return try await answer([gateway, service], headers)
    }

    private func answer(_ middleware: [any Middleware], _ headers: Headers) async throws -> (Seen, RequestContext) {
        let seen = SeenContext()
        let responder = middleware.around { _, context in
            await seen.set(context)
            return Response()
        }
        _ = try await responder(Request(.get, "/", headers: headers), RequestContext())
        let context = try #require(await seen.context)
        return (Seen(principal: context.principal, asked: keys.count), context)
    }

    private actor SeenContext {
        private(set) var context: RequestContext?
        func set(_ context: RequestContext) { self.context = context }
    }

    private func service(signer: PrincipalSigner?) -> AuthenticationMiddleware {
        AuthenticationMiddleware(verifier: issuing.verifier(keys), serviceKey: "key", signer: signer)
    }

    private let account = Principal.account("account-1", roles: ["admin"], session: "session-1")

    @Test func theServiceDoesNotVerifyATokenAgain() async throws {
        let token = try await issuing.token(at: Date())
        let websocket: Headers = ["upgrade": "websocket", "sec-websocket-protocol": "roost, bearer.\(token)"]
        for headers in [["authorization": "Bearer \(token)"], websocket] {
            let (seen, context) = try await throughTheDoor(headers, to: service(signer: signer))
            #expect(seen == Seen(principal: account, asked: 0))
            #expect(context.authorization == "Bearer \(token)" && context.signedPrincipal != nil && context.validity != nil)
        }
        #expect(try await throughTheDoor([:], to: service(signer: signer)).0 == Seen(principal: .anonymous, asked: 0))
    }

    @Test func aServiceWithoutTheKeyVerifiesTheTokenItself() async throws {
        let headers: Headers = ["authorization": "Bearer \(try await issuing.token(at: Date()))"]
        let other = PrincipalSigner(systemKey: "the key of another system", audience: "shop")
        #expect(try await throughTheDoor(headers, to: service(signer: nil)).0 == Seen(principal: account, asked: 1))
        let (seen, context) = try await throughTheDoor(headers, to: service(signer: other))
        #expect(seen == Seen(principal: account, asked: 2) && context.signedPrincipal == nil)
    }

    @Test func theDoorRefusesWhoIsSignedOut() async throws {
        let token = try await issuing.token(at: Date()), headers: Headers = ["authorization": "Bearer \(token)"]
        _ = try await throughTheDoor(headers, to: service(signer: signer))
        try await issuing.revocations.revoke(session: "session-1", until: Date() + 900)
        #expect(try await status { _ = try await throughTheDoor(headers, to: service(signer: signer)) } == .unauthorized)
        #expect(
            try await status { _ = try await throughTheDoor(["authorization": "Bearer x"], to: service(signer: signer)) } == .unauthorized)
    }

    @Test func aPrincipalFromOutsideIsWorthNothing() async throws {
        let token = try await issuing.token(at: Date()), field = PrincipalSigner.field
        let access = try await issuing.verifier().verify(token)
        let signed = try await signer.sign(access, for: token)
        // Without its token it is nobody's, wherever it comes in.
        #expect(try await throughTheDoor([field: signed], to: service(signer: signer)).0.principal == .anonymous)
        #expect(try await answer([service(signer: signer)], [field: signed]).0.principal == .anonymous)
        // With the token of another it is the other's, and the gateway replaces it.
        let other = try await issuing.tokens.issue(to: "account-2", session: "session-2")
        for way in [[GatewayAuthentication(verifier: issuing.verifier(), signer: signer)], []] as [[any Middleware]] {
            let headers: Headers = [field: signed, "authorization": "Bearer \(other)"]
            let seen = try await answer(way + [service(signer: signer)], headers).0
            #expect(seen.principal == .account("account-2", session: "session-2"))
        }
        // Of two it is not said which counts.
        let twice = Headers([("authorization", "Bearer \(token)"), (field, signed), (field, signed)])
        #expect(try await answer([service(signer: signer)], twice).1.signedPrincipal == nil)
    }
}
