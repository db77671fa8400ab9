import Crypto
import JWTKit
import Roost

/// A private key for signing tokens with ECDSA on P-256 (`ES256`, RFC 7518 §3.4).
public struct SigningKey: Sendable {
    private let key: P256.Signing.PrivateKey
    /// The public key, for `/.well-known/jwks.json`. Its identifier is the key's thumbprint (RFC 7638).
    public let webKey: JSONWebKey

    /// Returns a new random key.
    public static func generate() -> SigningKey { SigningKey(P256.Signing.PrivateKey()) }

    /// Creates a key from stored text.
    /// - Parameter pem: A P-256 private key in PEM (RFC 7468), such as the `pem` of another key.
    /// - Throws: A `ConfigurationError`, which does not quote the text, if it is not such a key.
    public init(pem: String) throws(ConfigurationError) {
        guard let key = try? P256.Signing.PrivateKey(pemRepresentation: pem) else {
            throw ConfigurationError("the signing key is invalid: it must be a P-256 private key in PEM")
        }
        self.init(key)
    }

    private init(_ key: P256.Signing.PrivateKey) {
        self.key = key
        let point = key.publicKey.rawRepresentation
        let x = Base64URL.encode(point.prefix(32)), y = Base64URL.encode(point.suffix(32))
        // The members that RFC 7638 §3.2 requires, in its order.
        let thumbprint = Secret.digest(#"{"crv":"P-256","kty":"EC","x":"\#(x)","y":"\#(y)"}"#)
        webKey = JSONWebKey(kty: "EC", use: "sig", alg: "ES256", kid: thumbprint, crv: "P-256", x: x, y: y)
    }

    /// The key's identifier.
    public var id: String { webKey.kid ?? "" }

    /// The private key in PEM. Store it where only the issuer can read it.
    public var pem: String { key.pemRepresentation }

    /// Returns a key for another purpose, from which this one cannot be computed.
    func derived(for purpose: String) -> SymmetricKey {
        HKDF<SHA256>.deriveKey(
            inputKeyMaterial: SymmetricKey(data: key.rawRepresentation), info: Array("roost \(purpose)".utf8), outputByteCount: 32)
    }

    func sign(_ claims: AccessClaims) async throws -> String {
        let keys = try await JWTKeyCollection().add(ecdsa: ES256PrivateKey(backing: key))
        return try await keys.sign(claims, header: ["kid": .string(id)])
    }
}
