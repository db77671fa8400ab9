import Guests
import Roost
import RoostAuth
import RoostSystem

extension ServiceHost {
    /// Returns the middleware of every service of the shop, which identifies the caller.
    /// - Parameter keys: Fetches the keys for verifying access tokens from the accounts service.
    public func shopMiddleware(keys: @escaping @Sendable () async throws -> JSONWebKeySet) -> [any Middleware] {
        [AuthenticationMiddleware(verifier: verifier(keys), serviceKey: serviceKey, signer: signer)]
    }

    /// Returns the middleware of the shop's gateway, which verifies access tokens for all services behind it.
    /// - Parameter keys: Fetches the keys for verifying access tokens from the accounts service.
    public func shopGatewayMiddleware(keys: @escaping @Sendable () async throws -> JSONWebKeySet) -> [any Middleware] {
        guard let signer else { return [] }
        return [GatewayAuthentication(verifier: verifier(keys), signer: signer)]
    }

    /// The sessions that have ended, of which the accounts service tells all services.
    public var revocations: Revocations { Revocations(store: sharedStore("revocations")) }

    /// The cookie of guests. Browsers send it over TLS only, except in development.
    public var guestCookie: GuestCookie { GuestCookie(isSecure: environment != .development) }

    private func verifier(_ keys: @escaping @Sendable () async throws -> JSONWebKeySet) -> TokenVerifier {
        TokenVerifier(issuer: ShopTokens.issuer, audience: ShopTokens.audience, revocations: revocations, keys: keys)
    }

    private var signer: PrincipalSigner? { serviceKey.map { PrincipalSigner(systemKey: $0, audience: ShopTokens.audience) } }
}

/// The issuer and the audience of the shop's access tokens.
public enum ShopTokens {
    /// The issuer (`iss`): the accounts service.
    public static let issuer = "https://shop.example/accounts"
    /// The audience (`aud`): the services of the shop.
    public static let audience = "shop"
}
