import Crypto

/// Random secrets, such as refresh tokens, and what is stored of them.
public enum Secret {
    /// A new secret from the system's generator, as URL-safe base 64.
    /// - Parameter count: how many random bytes it has.
    public static func random(bytes count: Int = 32) -> String { Base64URL.encode(bytes(count)) }

    /// What to store of a secret, to find it again: its SHA-256, as URL-safe base 64. Random secrets need no salt and no slow hash.
    public static func digest(_ secret: String) -> String { Base64URL.encode(SHA256.hash(data: Array(secret.utf8))) }

    /// Whether two secrets are equal, in a time that tells neither where they differ nor how long they are.
    public static func equal(_ a: String, _ b: String) -> Bool {
        // The comparison of two digests is constant in time.
        SHA256.hash(data: Array(a.utf8)) == SHA256.hash(data: Array(b.utf8))
    }

    static func bytes(_ count: Int) -> [UInt8] {
        // On Linux this is getrandom(2), which is fit for cryptography.
        var generator = SystemRandomNumberGenerator()
        return (0..<count).map { _ in generator.next() }
    }
}
