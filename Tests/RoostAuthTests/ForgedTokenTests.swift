import Crypto
import Foundation
import Roost
import Testing

@testable import RoostAuth

/// Tokens that must not be accepted: RFC 8725 §2 and §3.
@Suite struct ForgedTokenTests {
    let issuing: Issuing

    init() async throws { issuing = try await Issuing() }

    private func answer(_ token: String) async throws -> Status {
        try await status { _ = try await issuing.verifier().verify(token, at: Issuing.now) }
    }

    private func parts(_ token: String) -> [String] { token.split(separator: ".").map(String.init) }

    private func encode(_ json: String) -> String { Base64URL.encode(json.utf8) }

    @Test func aChangeOfAnyCharacterIsSeen() async throws {
        let token = try await issuing.token()
        #expect(try await answer(token) == .ok)
        for index in token.indices {
            var changed = token
            changed.replaceSubrange(index...index, with: token[index] == "A" ? "B" : "A")
            #expect(try await answer(changed) == .unauthorized, "at \(token.distance(from: token.startIndex, to: index))")
        }
    }

    @Test func theSignatureHasOneSpelling() async throws {
        // The last character has two bits of the 64 bytes; the other four must be zero.
        let token = try await issuing.token()
        for last in "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_" where last != token.last {
            #expect(try await answer(token.dropLast() + String(last)) == .unauthorized)
        }
        #expect(try await answer(token + "=") == .unauthorized)
        #expect(try await answer(token + "==") == .unauthorized)
    }

    @Test func noAlgorithmIsNoSignature() async throws {
        let payload = try await parts(issuing.token())[1]
        for alg in ["none", "None", "NONE"] {
            let header = encode(#"{"alg":"\#(alg)","kid":"\#(issuing.key.id)"}"#)
            #expect(try await answer("\(header).\(payload).") == .unauthorized)
            #expect(try await answer("\(header).\(payload)") == .unauthorized)
        }
    }

    @Test func thePublicKeyIsNoSharedSecret() async throws {
        let payload = try await parts(issuing.token())[1]
        let input = encode(#"{"alg":"HS256","kid":"\#(issuing.key.id)"}"#) + "." + payload
        let publicKey = try P256.Signing.PrivateKey(pemRepresentation: issuing.key.pem).publicKey
        for secret in [Data(publicKey.pemRepresentation.utf8), publicKey.rawRepresentation, publicKey.x963Representation] {
            let code = HMAC<SHA256>.authenticationCode(for: Data(input.utf8), using: SymmetricKey(data: secret))
            #expect(try await answer(input + "." + Base64URL.encode(code)) == .unauthorized)
        }
    }

    @Test func anEmptySignatureIsNone() async throws {
        let parts = try await parts(issuing.token())
        for signature in [[UInt8](), Array(repeating: 0, count: 64)] {
            #expect(try await answer("\(parts[0]).\(parts[1]).\(Base64URL.encode(signature))") == .unauthorized)
        }
    }

    @Test func anotherKeyUnderTheSameIdIsSeen() async throws {
        let forger = SigningKey.generate()
        let parts = try await parts(TokenIssuer(issuer: Issuing.issuer, audience: "shop", key: forger).issue(to: "x", session: "x"))
        let header = encode(#"{"alg":"ES256","kid":"\#(issuing.key.id)"}"#)
        #expect(try await answer("\(header).\(parts[1]).\(parts[2])") == .unauthorized)
    }

    @Test func aCriticalExtensionIsNotUnderstood() async throws {
        // The signature is valid, but the header demands an extension that this verifier does not know (RFC 7515 §4.1.11).
        let payload = try await parts(issuing.token())[1]
        let key = try P256.Signing.PrivateKey(pemRepresentation: issuing.key.pem)
        for (extra, expected) in [("", Status.ok), (#","crit":["b64"],"b64":false"#, .unauthorized)] {
            let input = encode(#"{"alg":"ES256","kid":"\#(issuing.key.id)"\#(extra)}"#) + "." + payload
            let signature = try key.signature(for: Data(input.utf8)).rawRepresentation
            #expect(try await answer(input + "." + Base64URL.encode(signature)) == expected)
        }
    }

    @Test func otherIssuersAndAudiencesAreRefused() async throws {
        let other = TokenIssuer(issuer: "https://evil.example", audience: "shop", key: issuing.key)
        #expect(try await answer(other.issue(to: "x", session: "x", at: Issuing.now)) == .unauthorized)
        let elsewhere = TokenIssuer(issuer: Issuing.issuer, audience: "bank", key: issuing.key)
        #expect(try await answer(elsewhere.issue(to: "x", session: "x", at: Issuing.now)) == .unauthorized)
    }

    @Test(arguments: ["", ".", "..", "...", "a.b.c", "é.é.é", String(repeating: "A", count: 100_000), "eyJhbGciOiJFUzI1NiJ9.e30.AA"])
    func nonsenseIsRefused(token: String) async throws {
        #expect(try await answer(token) == .unauthorized)
    }
}
