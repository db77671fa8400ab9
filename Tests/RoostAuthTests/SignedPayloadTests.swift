import Crypto
import Foundation
import Roost
import Testing

@testable import RoostAuth

@Suite struct SignedPayloadTests {
    let body = Array(#"{"id":"evt_1"}"#.utf8)
    /// Computed with Python's `hmac` and the key `whsec`.
    let signature = "c43aa959bd1ae793e1f2d96b9eac10ea89f5b4d6aebdcb5b573112005d512bca"

    private func check(
        _ signature: String?, timestamp: String? = "1800000000", body: String = #"{"id":"evt_1"}"#, key: String = "whsec",
        after seconds: TimeInterval = 0
    ) async throws -> Status {
        try await status {
            try SignedPayload.verify(
                signature: signature, timestamp: timestamp, body: Array(body.utf8), key: key,
                now: Date(timeIntervalSince1970: 1_800_000_000 + seconds))
        }
    }

    @Test func agreesWithAnotherImplementation() async throws {
        #expect(SignedPayload.sign(timestamp: 1_800_000_000, body: body, key: "whsec") == signature)
        #expect(try await check(signature) == .ok)
        #expect(try await check(signature.uppercased()) == .ok)
    }

    @Test func anythingChangedIsSeen() async throws {
        #expect(try await check(nil) == .unauthorized)
        #expect(try await check(signature, timestamp: nil) == .unauthorized)
        #expect(try await check(signature, timestamp: "1800000001") == .unauthorized)
        #expect(try await check(signature, timestamp: "+1800000000") == .unauthorized)
        #expect(try await check(signature, body: #"{"id":"evt_2"}"#) == .unauthorized)
        #expect(try await check(signature, body: "") == .unauthorized)
        #expect(try await check(signature, key: "whsed") == .unauthorized)
        for wrong in ["", "00", String(signature.dropLast()), signature + "0", signature.replacing("a", with: "g")] {
            #expect(try await check(wrong) == .unauthorized)
        }
        for index in signature.indices {
            var changed = signature
            changed.replaceSubrange(index...index, with: signature[index] == "0" ? "1" : "0")
            #expect(try await check(changed) == .unauthorized)
        }
    }

    @Test func anOldSignatureIsRefused() async throws {
        for (seconds, expected) in [(300.0, Status.ok), (-300, .ok), (301, .unauthorized), (-301, .unauthorized)] {
            #expect(try await check(signature, after: seconds) == expected)
        }
    }

    @Test func aTimestampOutOfAllReasonIsRefused() async throws {
        for timestamp in [Int.max, Int.min, 0] {
            let signature = SignedPayload.sign(timestamp: timestamp, body: body, key: "whsec")
            #expect(try await check(signature, timestamp: String(timestamp)) == .unauthorized)
        }
    }
}

@Suite struct SecretTests {
    @Test func secretsAreLongAndDiffer() {
        let secrets = Set((0..<100).map { _ in Secret.random() })
        #expect(secrets.count == 100)
        #expect(secrets.allSatisfy { Base64URL.decode($0[...])?.count == 32 })
    }

    /// The example of FIPS 180-4, `abc`.
    @Test func theDigestIsSHA256() {
        #expect(Secret.digest("abc") == "ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0")
    }

    @Test func equalityIsOfTheWholeText() {
        #expect(Secret.equal("key", "key"))
        for other in ["", "kez", "ke", "keyy"] { #expect(!Secret.equal("key", other)) }
    }

    /// RFC 4648 §10, and non-canonical forms.
    @Test func base64HasOneSpelling() {
        for (text, encoded) in [("", ""), ("f", "Zg"), ("fo", "Zm8"), ("foo", "Zm9v"), ("foob", "Zm9vYg")] {
            #expect(Base64URL.encode(text.utf8) == encoded)
            #expect(Base64URL.decode(encoded[...]) == Array(text.utf8))
        }
        for wrong in ["Zh", "Zg==", "Zm9v\n", "+A", "Z", "é"] { #expect(Base64URL.decode(wrong[...]) == nil) }
        #expect(Base64URL.decode("-_-_") == [0xFB, 0xFF, 0xBF])
    }
}
