import Crypto
import Foundation
import JWTKit
import Roost
import Testing

@testable import RoostAuth

/// Who calls is signed at the door, and taken as it was signed or not at all.
@Suite(.timeLimit(.minutes(5))) struct PrincipalSignerTests {
    private static let systemKey = "the key of the system"
    private let now = Issuing.now
    private let issuing: Issuing
    private let signer = PrincipalSigner(systemKey: systemKey, audience: "shop")

    init() async throws { issuing = try await Issuing() }

    /// A token and its content.
    private func token(email: String? = "ada@example.com") async throws -> (text: String, access: AccessToken) {
        let text = try await issuing.tokens.issue(to: "account-1", session: "session-1", roles: ["admin"], email: email, at: now)
        return (text, try await issuing.verifier().verify(text, at: now))
    }

    /// Signs claims as only who has the key can, with a change.
    private func signed(
        by key: String = systemKey, type: String = PrincipalClaims.type, for token: (text: String, access: AccessToken),
        changing change: (inout PrincipalClaims) -> Void = { _ in }
    ) async throws -> String {
        var claims = PrincipalClaims(
            token.access, digest: Secret.digest(token.text), audience: "shop", lifetime: PrincipalSigner.lifetime, at: now)
        change(&claims)
        let derived = HKDF<SHA256>.deriveKey(
            inputKeyMaterial: SymmetricKey(data: Array(key.utf8)), info: Array("roost principal".utf8), outputByteCount: 32)
        let keys = await JWTKeyCollection().add(hmac: HMACKey(key: derived), digestAlgorithm: .sha256)
        return try await keys.sign(claims, header: ["typ": .string(type)])
    }

    @Test func whatWasSignedIsWhatTheTokenSays() async throws {
        for email in ["ada@example.com", nil] {
            let token = try await token(email: email)
            let text = try await signer.sign(token.access, for: token.text, at: now)
            // Other processes have signers of their own, with the same key.
            let other = PrincipalSigner(systemKey: Self.systemKey, audience: "shop")
            for signer in [signer, other, other] { #expect(await signer.verify(text, for: token.text, at: now) == token.access) }
            #expect(token.access.principal.email == email)
        }
    }

    @Test func itIsUsedAgainForHalfOfItsLife() async throws {
        let token = try await token()
        let text = try await signer.sign(token.access, for: token.text, at: now)
        #expect(try await signer.sign(token.access, for: token.text, at: now + 29) == text)
        let next = try await signer.sign(token.access, for: token.text, at: now + 31)
        #expect(next != text)
        #expect(await signer.verify(next, for: token.text, at: now + 90) != nil)
    }

    @Test func itLivesForAMinuteAndNoLongerThanItsToken() async throws {
        let token = try await token()
        let text = try await signer.sign(token.access, for: token.text, at: now)
        #expect(await signer.verify(text, for: token.text, at: now + 59) != nil)
        #expect(await signer.verify(text, for: token.text, at: now + 60) == nil)
        let late = token.access.expiresAt - 10
        let last = try await signer.sign(token.access, for: token.text, at: late)
        #expect(await signer.verify(last, for: token.text, at: late + 9) != nil)
        #expect(await signer.verify(last, for: token.text, at: late + 10) == nil)
        // Not before it was signed, beyond what clocks may differ.
        #expect(await signer.verify(text, for: token.text, at: now - 31) == nil)
    }

    @Test func itIsWorthNothingWithAnotherToken() async throws {
        let token = try await token(), other = try await self.token()
        let text = try await signer.sign(token.access, for: token.text, at: now)
        #expect(await signer.verify(text, for: other.text, at: now) == nil)
        #expect(await signer.verify(text, for: "", at: now) == nil)
    }

    @Test func anotherSystemDoesNotTakeIt() async throws {
        let token = try await token()
        let text = try await signer.sign(token.access, for: token.text, at: now)
        let other = PrincipalSigner(systemKey: Self.systemKey, audience: "another")
        #expect(await other.verify(text, for: token.text, at: now) == nil)
        let stranger = PrincipalSigner(systemKey: "another key of a system", audience: "shop")
        #expect(await stranger.verify(text, for: token.text, at: now) == nil)
    }

    @Test func whatIsForgedIsNotTaken() async throws {
        let token = try await token()
        let good = try await signed(for: token)
        #expect(await signer.verify(good, for: token.text, at: now) != nil)
        let parts = good.split(separator: ".").map(String.init)
        let payload = try #require(Base64URL.decode(parts[1][...]))
        let admin = Base64URL.encode(Array(String(decoding: payload, as: UTF8.self).replacing("account-1", with: "account-2").utf8))
        let none = Base64URL.encode(Array(#"{"alg":"none","typ":"principal+jwt"}"#.utf8))
        let forged = [
            try await signed(by: "another key of a system", for: token),
            // Another kind of token, and lives and audiences that the door does not give.
            try await signed(type: "JWT", for: token),
            try await signed(for: token) { $0.exp += 1 },
            try await signed(for: token) { $0.ate = $0.exp - 1 },
            try await signed(for: token) { $0.aud = AudienceClaim(value: ["shop", "another"]) },
            [parts[0], admin, parts[2]].joined(separator: "."),
            [none, admin, ""].joined(separator: "."), [none, admin, parts[2]].joined(separator: "."),
            good + "=", good + ".", "", "..", token.text, String(repeating: "a", count: 100_000),
        ]
        for text in forged { #expect(await signer.verify(text, for: token.text, at: now) == nil, "\(text.prefix(80))") }
        // Nor is a signed principal a token.
        #expect(try await status { _ = try await issuing.verifier().verify(good, at: now) } == .unauthorized)
    }
}
