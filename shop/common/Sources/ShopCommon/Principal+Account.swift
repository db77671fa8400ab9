import Foundation
import Roost

extension Principal.Account {
    /// Creates an account of the shop, such as the caller in a test.
    public init(_ id: UUID) { self.init(id.text) }

    /// The identifier, which is a UUID in the shop.
    /// - Throws: A `Problem` with status 403 if another system issued the access token.
    public var uuid: UUID {
        get throws(Problem) {
            guard let uuid = UUID(text: id) else { throw Problem(.forbidden, "The access token is not one of the shop's.") }
            return uuid
        }
    }
}
