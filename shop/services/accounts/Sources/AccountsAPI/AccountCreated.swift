import Foundation
import Roost

/// Someone has signed up.
@Schema
public struct AccountCreated: Event {
    public static let topic = "accounts.created"

    public var accountId: UUID
    public var email: String
    public var name: String

    public var key: String { accountId.text }
}
