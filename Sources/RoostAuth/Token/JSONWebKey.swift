import Roost

/// A public key in JSON (RFC 7517 §4). Other members are ignored.
@Schema(omitsNil: true)
public struct JSONWebKey: Hashable {
    /// The key type, such as `EC`.
    @Check(.length(1...)) public var kty: String
    /// The intended use, such as `sig`.
    public var use: String?
    /// The algorithm, such as `ES256`.
    public var alg: String?
    /// The key's identifier, which a token's header names.
    public var kid: String?
    /// The curve, such as `P-256` (RFC 7518 §6.2.1).
    public var crv: String?
    /// The x coordinate of the point on the curve, in base64url.
    public var x: String?
    /// The y coordinate of the point on the curve, in base64url.
    public var y: String?
}

/// The public keys of an issuer, as served at `/.well-known/jwks.json` (RFC 7517 §5).
@Schema
public struct JSONWebKeySet: Hashable {
    /// The keys.
    public var keys: [JSONWebKey]
}
