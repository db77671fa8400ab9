import Crypto
import JWTKit
import Roost

/// The private key that a service signs its tokens with: ECDSA on P-256 (`ES256`, RFC 7518 §3.4).
public struct SigningKey: Sendable {
    private let key: P256.Signing.PrivateKey
    /// The public half, for `/.well-known/jwks.json`. Its id is the key's thumbprint (RFC 7638).
    public let webKey: JSONWebKey

    /// A new random key.
    public static func generate() -> SigningKey { SigningKey(P256.Signing.PrivateKey()) }

    /// A key that was stored.
    /// - Throws: where the text is no private key on P-256 in PEM (RFC 7468), without telling what it is.
    public init(pem: String) throws(ConfigurationError) {
        guard let key = try? P256.Signing.PrivateKey(pemRepresentation: pem) else {
            throw ConfigurationError("the signing key is wrong: it must be a private key on P-256 in PEM")
        }
        self.init(key)
    }

    private init(_ key: P256.Signing.PrivateKey) {
        self.key = key
        let point = key.publicKey.rawRepresentation
        let x = Base64URL.encode(point.prefix(32)), y = Base64URL.encode(point.suffix(32))
        // The members of RFC 7638 §3.2, in their order.
        let thumbprint = Secret.digest(#"{"crv":"P-256","kty":"EC","x":"\#(x)","y":"\#(y)"}"#)
        webKey = JSONWebKey(kty: "EC", use: "sig", alg: "ES256", kid: thumbprint, crv: "P-256", x: x, y: y)
    }

    /// The key's id.
    public var id: String { webKey.kid ?? "" }

    /// The key as text, to be stored where no one else can read it.
    public var pem: String { key.pemRepresentation }

    /// A key for another purpose that tells nothing of this one.
    func derived(for purpose: String) -> SymmetricKey {
        HKDF<SHA256>.deriveKey(
            inputKeyMaterial: SymmetricKey(data: key.rawRepresentation), info: Array("roost \(purpose)".utf8), outputByteCount: 32)
    }

    func sign(_ claims: AccessClaims) async throws -> String {
        let keys = try await JWTKeyCollection().add(ecdsa: ES256PrivateKey(backing: key))
        return try await keys.sign(claims, header: ["kid": .string(id)])
    }
}
