import Crypto
import Roost

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Signs and verifies the bodies of webhooks with HMAC-SHA256 (RFC 2104) over `timestamp.body`, written in hexadecimal digits.
public enum SignedPayload {
    /// Returns the signature of a body.
    /// - Parameters:
    ///   - timestamp: The time of signing in seconds since 1970. Send it along with the signature.
    ///   - body: The bytes to sign.
    ///   - key: The secret that sender and receiver share.
    public static func sign(timestamp: Int, body: [UInt8], key: String) -> String {
        let code = HMAC<SHA256>.authenticationCode(for: content(String(timestamp), body), using: symmetric(key))
        return Hexadecimal.encode(code)
    }

    /// Verifies a signature and its age. The comparison takes constant time.
    /// - Parameters:
    ///   - signature: The signature that was received, or `nil` if there was none.
    ///   - timestamp: The received time of signing, in seconds since 1970, as text; `nil` if there was none.
    ///   - body: The bytes that were received.
    ///   - key: The secret that sender and receiver share.
    ///   - now: The current time.
    ///   - tolerance: How far the timestamp may be before or after `now`, in seconds.
    /// - Throws: A `Problem` with status 401 if the signature is missing, wrong, or too old.
    public static func verify(
        signature: String?, timestamp: String?, body: [UInt8], key: String, now: Date = Date(), tolerance: Int = 300
    ) throws(Problem) {
        guard let timestamp, let seconds = Int(timestamp), String(seconds) == timestamp, let signature,
            let code = Hexadecimal.decode(signature),
            HMAC<SHA256>.isValidAuthenticationCode(code, authenticating: content(timestamp, body), using: symmetric(key))
        else { throw Problem(.unauthorized, "The signature is missing or wrong.") }
        guard abs(now.timeIntervalSince1970 - Double(seconds)) <= Double(tolerance) else {
            throw Problem(.unauthorized, "The signature is too old.")
        }
    }

    private static func symmetric(_ key: String) -> SymmetricKey { SymmetricKey(data: Array(key.utf8)) }

    private static func content(_ timestamp: String, _ body: [UInt8]) -> [UInt8] { Array("\(timestamp).".utf8) + body }
}
