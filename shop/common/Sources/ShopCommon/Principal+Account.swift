import Foundation
import Roost

extension Principal {
    /// The identifier of the calling account.
    /// - Throws: A `Problem` with status 401 if the caller is not an account.
    public var accountID: UUID {
        get throws {
            guard kind == .account, let id = UUID(uuidString: id) else {
                throw Problem(
                    .unauthorized, "Sign in first: this operation requires a bearer token.", headers: ["www-authenticate": "Bearer"])
            }
            return id
        }
    }
}

extension RequestContext? {
    /// The identifier of the account that makes the call.
    /// - Throws: A `Problem` with status 401 if there is no call, or its caller is not an account.
    public var accountID: UUID { get throws { try (self?.principal ?? .anonymous).accountID } }
}
