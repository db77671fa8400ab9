import Foundation
import Roost

extension Principal {
    /// The id of the account that calls.
    /// - Throws: a `Problem` with status 401 where no account does.
    public var accountID: UUID {
        get throws {
            guard kind == .account, let id = UUID(uuidString: id) else {
                throw Problem(.unauthorized, "Sign in first: this takes a bearer token.", headers: ["www-authenticate": "Bearer"])
            }
            return id
        }
    }
}
