import Roost
import RoostAuth
import RoostSystem

extension ServiceHost {
    /// Returns the middleware of every service of the shop, which identifies the caller.
    /// - Parameter keys: Fetches the keys for verifying access tokens from the accounts service.
    public func shopMiddleware(keys: @escaping @Sendable () async throws -> JSONWebKeySet) -> [any Middleware] {
        let verifier = TokenVerifier(
            issuer: ShopTokens.issuer, audience: ShopTokens.audience, revocations: Revocations(store: store), keys: keys)
        return [AuthenticationMiddleware(verifier: verifier, serviceKey: serviceKey)]
    }
}

/// The issuer and the audience of the shop's access tokens.
public enum ShopTokens {
    /// The issuer (`iss`): the accounts service.
    public static let issuer = "https://shop.example/accounts"
    /// The audience (`aud`): the services of the shop.
    public static let audience = "shop"
}
