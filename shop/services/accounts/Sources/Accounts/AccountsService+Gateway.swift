import AccountsAPI
public import Roost
public import RoostSystem
import ShopCommon

extension AccountsService {
    /// Verifies access tokens at the gateway, with the keys of the accounts service. A gateway that does not know where that is leaves it to
    /// the services behind it.
    /// - Parameter host: The gateway's host.
    @Sendable public static func verifyingTokens(on host: ServiceHost) async throws -> [any Middleware] {
        do {
            let accounts = try await host.client(for: AccountsAPIContract.self)
            return host.shopGatewayMiddleware(keys: accounts.keys)
        } catch let error as ConfigurationError {
            host.logger.debug("The gateway cannot verify access tokens, and leaves it to the services.", metadata: ["cause": "\(error)"])
            return []
        }
    }
}
