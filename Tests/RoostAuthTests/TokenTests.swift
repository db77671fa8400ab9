import Foundation
import Roost
import Testing

@testable import RoostAuth

@Suite struct TokenTests {
    let issuing: Issuing

    init() async throws { issuing = try await Issuing() }

    @Test func saysWhatWasIssued() async throws {
        let access = try await issuing.verifier().verify(issuing.token(), at: Issuing.now)
        #expect(access.account == "account-1")
        #expect(access.session == "session-1")
        #expect(access.roles == ["admin"])
        #expect(access.expiresAt == Issuing.now + 900)
    }

    @Test func isGoodUntilItsLeewayIsOver() async throws {
        let token = try await issuing.token(), verifier = issuing.verifier()
        for (offset, expected) in [(-31.0, Status.unauthorized), (-29, .ok), (929, .ok), (931, .unauthorized)] {
            let answer = try await status { _ = try await verifier.verify(token, at: Issuing.now + offset) }
            #expect(answer == expected, "\(offset) s after it was issued")
        }
    }

    @Test func anExpiredTokenIsRefusedThoughItWasRemembered() async throws {
        let token = try await issuing.token(), verifier = issuing.verifier()
        _ = try await verifier.verify(token, at: Issuing.now)
        #expect(try await status { _ = try await verifier.verify(token, at: Issuing.now + 1000) } == .unauthorized)
    }

    @Test func aRevokedSessionIsRefusedThoughItWasRemembered() async throws {
        let token = try await issuing.token(), verifier = issuing.verifier()
        _ = try await verifier.verify(token, at: Issuing.now)
        try await issuing.revocations.revoke(session: "session-1", until: Issuing.now + 900)
        #expect(try await status { _ = try await verifier.verify(token, at: Issuing.now) } == .unauthorized)
    }

    @Test func aRevocationLastsAsLongAsATokenIsTaken() async throws {
        let past = Date() - 3600
        try await issuing.revocations.revoke(session: "over", until: past)
        #expect(try await !issuing.revocations.isRevoked(session: "over"))
        try await issuing.revocations.revoke(session: "just over", until: Date() - AccessClaims.leeway)
        #expect(try await issuing.revocations.isRevoked(session: "just over"))
    }

    /// The key of RFC 7515 appendix A.3, and a token that PyJWT signed with it.
    @Test func takesATokenOfAnotherImplementation() async throws {
        let pem = """
            -----BEGIN PRIVATE KEY-----
            MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgjpsQnnGQmL+YBIff
            H1136cspYG6+0iY7X1fCE9+E9LKhRANCAAR/zc4ncPbEXUGDy+5v20t7WAczNXvp
            7xO6z248e9FURcfxRM0bvZt+hyzf7bnuufSzaV1uqQskrYpGIyiFiOWt
            -----END PRIVATE KEY-----
            """
        let token =
            "eyJhbGciOiJFUzI1NiIsImtpZCI6Im9LSXl3dkdVcFRWVHl4TVEzYndJSWVRVXVkZnJfQ2tMTWpDRTE5RUNELVUiLCJ0eXAiOiJKV1QifQ."
            + "eyJpc3MiOiJodHRwczovL3Nob3AuZXhhbXBsZSIsInN1YiI6IjAxOTkiLCJhdWQiOiJzaG9wIiwiZXhwIjoxODAwMDAwOTAwLCJpYXQiOjE4MDAwMDAw"
            + "MDAsImp0aSI6InQxIiwic2lkIjoiczEiLCJyb2xlcyI6WyJhZG1pbiJdfQ."
            + "azh2v6HavNmpC6VKgrjieXwSCGN0PPCVA9R4trifjwKe5UnO-nAalJSogrOj1ZsOmSow5jZ4dE2KqL6HtzJcPw"
        let key = try SigningKey(pem: pem)
        #expect(key.webKey.x == "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU")
        #expect(key.webKey.y == "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0")
        let access = try await issuing.verifier(KeySource([key])).verify(token, at: Issuing.now)
        #expect(access.account == "0199")
        #expect(access.roles == ["admin"])
    }

    @Test func aStoredKeyIsTheSameKey() async throws {
        let stored = try SigningKey(pem: issuing.key.pem)
        #expect(stored.webKey == issuing.key.webKey)
        _ = try await issuing.verifier(KeySource([stored])).verify(issuing.token(), at: Issuing.now)
        #expect(throws: ConfigurationError.self) { try SigningKey(pem: "no key") }
    }

    @Test func aKeySetReadsWhatItWrites() throws {
        let set = issuing.tokens.keys
        #expect(try JSON.decode(JSONWebKeySet.self, from: JSON.encode(set)) == set)
        let foreign = #"{"keys":[{"kty":"RSA","n":"AQ","e":"AQAB","x5c":["a"]}],"more":1}"#
        #expect(try JSON.decode(JSONWebKeySet.self, from: Array(foreign.utf8)).keys == [JSONWebKey(kty: "RSA")])
        #expect(throws: DecodingFailure.self) { try JSON.decode(JSONWebKeySet.self, from: Array(#"{"keys":[{}]}"#.utf8)) }
        #expect(throws: DecodingFailure.self) { try JSON.decode(JSONWebKeySet.self, from: Array("{}".utf8)) }
    }

    @Test func theCacheIsBoundedAndKeepsWhatIsUsed() async throws {
        var cache = TokenCache<AccessToken>(capacity: 10)
        let access = try await issuing.verifier().verify(issuing.token(), at: Issuing.now)
        let used = hash(0)
        for number in 0..<1000 {
            cache.insert(access, hash(number))
            #expect(cache.find(used) != nil)
            #expect(cache.count <= 11)
        }
        #expect(cache.find(hash(500)) == nil)
        #expect(cache.find(hash(999)) != nil)
    }
}
