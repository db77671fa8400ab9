import Roost
import RoostAuth
import RoostSystem

extension ServiceHost {
    /// What every request to a service of the shop passes through: who calls.
    /// - Parameter keys: asks the accounts service for the keys that access tokens are verified with.
    public func shopMiddleware(keys: @escaping @Sendable () async throws -> JSONWebKeySet) -> [any Middleware] {
        let verifier = TokenVerifier(
            issuer: ShopTokens.issuer, audience: ShopTokens.audience, revocations: Revocations(store: store), keys: keys)
        return [AuthenticationMiddleware(verifier: verifier, serviceKey: serviceKey)]
    }
}

/// What the shop's access tokens say of themselves.
public enum ShopTokens {
    public static let issuer = "https://shop.example/accounts"
    public static let audience = "shop"
}
