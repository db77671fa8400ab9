import Crypto
import Roost

/// Makes random secrets, such as refresh tokens, and the digests under which they are stored.
public enum Secret {
    /// Returns a new secret from the system's random number generator, in base64url.
    /// - Parameter count: The number of random bytes.
    public static func random(bytes count: Int = 32) -> String { Base64URL.encode(bytes(count)) }

    /// Returns the SHA-256 digest of a secret, in base64url. Store the digest instead of the secret, and look it up by the digest. Random
    /// secrets need neither a salt nor a slow hash.
    public static func digest(_ secret: String) -> String { Base64URL.encode(SHA256.hash(data: Array(secret.utf8))) }

    /// Returns whether two secrets are equal. The time that it takes reveals neither where they differ nor how long they are.
    public static func equal(_ a: String, _ b: String) -> Bool {
        // Digests are compared in constant time.
        SHA256.hash(data: Array(a.utf8)) == SHA256.hash(data: Array(b.utf8))
    }

    static func bytes(_ count: Int) -> [UInt8] {
        // On Linux this is getrandom(2), which is cryptographically secure.
        var generator = SystemRandomNumberGenerator()
        return (0..<count).map { _ in generator.next() }
    }
}
