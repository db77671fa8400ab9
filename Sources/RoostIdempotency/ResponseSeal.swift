import Crypto
import Roost

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Encrypts stored responses with AES-GCM (NIST SP 800-38D), so that reading the store does not reveal them. The encryption key is derived
/// (HKDF, RFC 5869) from the caller's idempotency key, of which the store holds only a one-way hash.
struct ResponseSeal: Sendable {
    /// The key of the entry in the store.
    let name: String
    private let key: SymmetricKey
    private let fingerprints: SymmetricKey

    init(key: String, caller: String, operation: String) {
        let secret = SymmetricKey(data: SHA256.hash(data: Self.joined([caller, operation, key])))
        self.key = Self.derived(from: secret, "answer")
        fingerprints = Self.derived(from: secret, "fingerprint")
        name = "roost-idempotency/" + Self.derived(from: secret, "name").withUnsafeBytes { Hexadecimal.encode($0) }
    }

    /// Returns a code that identifies a request. It reveals nothing about the request to anyone without the idempotency key.
    func fingerprint(of words: [String], _ body: [UInt8]) -> String {
        var code = HMAC<SHA256>(key: fingerprints)
        code.update(data: Self.joined(words))
        code.update(data: body)
        return Hexadecimal.encode(code.finalize())
    }

    func close(_ bytes: [UInt8]) throws -> [UInt8] {
        // Each key encrypts one response, and the nonce is random.
        Array(try AES.GCM.seal(bytes, using: key).combined ?? Data())
    }

    /// - Returns: `nil` if the bytes were not encrypted with this key.
    func open(_ bytes: [UInt8]) -> [UInt8]? {
        guard let box = try? AES.GCM.SealedBox(combined: bytes), let opened = try? AES.GCM.open(box, using: key) else { return nil }
        return Array(opened)
    }

    private static func derived(from secret: SymmetricKey, _ purpose: String) -> SymmetricKey {
        HKDF<SHA256>.deriveKey(inputKeyMaterial: secret, info: Array("roost idempotency \(purpose)".utf8), outputByteCount: 32)
    }

    /// Joins texts, each preceded by its length, so that different lists give different bytes.
    private static func joined(_ texts: [String]) -> [UInt8] { texts.flatMap { Array("\($0.utf8.count):\($0)".utf8) } }
}
