import Crypto
import Roost

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Keeps an answer from whoever reads the store: the key that opens it is derived (HKDF, RFC 5869) from the caller's idempotency key,
/// of which the store holds nothing but a one-way name. Sealed by AES-GCM (NIST SP 800-38D).
struct AnswerSeal: Sendable {
    /// What the entry is called.
    let name: String
    private let key: SymmetricKey
    private let fingerprints: SymmetricKey

    init(key: String, caller: String, operation: String) {
        let secret = SymmetricKey(data: SHA256.hash(data: Self.joined([caller, operation, key])))
        self.key = Self.derived(from: secret, "answer")
        fingerprints = Self.derived(from: secret, "fingerprint")
        name = "roost-idempotency/" + Self.derived(from: secret, "name").withUnsafeBytes { Self.hexadecimal($0) }
    }

    /// Tells a request from any other. It tells nothing of what the request says to those who don't have the key.
    func fingerprint(of words: [String], _ body: [UInt8]) -> String {
        var code = HMAC<SHA256>(key: fingerprints)
        code.update(data: Self.joined(words))
        code.update(data: body)
        return Self.hexadecimal(code.finalize())
    }

    func close(_ bytes: [UInt8]) throws -> [UInt8] {
        // The nonce of a new box is random, and each key seals one answer.
        Array(try AES.GCM.seal(bytes, using: key).combined ?? Data())
    }

    /// - Returns: `nil` where the bytes are nothing that was sealed with this key.
    func open(_ bytes: [UInt8]) -> [UInt8]? {
        guard let box = try? AES.GCM.SealedBox(combined: bytes), let opened = try? AES.GCM.open(box, using: key) else { return nil }
        return Array(opened)
    }

    private static func derived(from secret: SymmetricKey, _ purpose: String) -> SymmetricKey {
        HKDF<SHA256>.deriveKey(inputKeyMaterial: secret, info: Array("roost idempotency \(purpose)".utf8), outputByteCount: 32)
    }

    /// The texts, each with its length before it, so that no two lists look alike.
    private static func joined(_ texts: [String]) -> [UInt8] { texts.flatMap { Array("\($0.utf8.count):\($0)".utf8) } }

    private static func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
        bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    }
}
