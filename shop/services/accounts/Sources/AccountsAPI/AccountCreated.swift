import Foundation
import Roost

/// An account was created.
@Schema
public struct AccountCreated: Event {
    /// The topic of the event.
    public static let topic = "accounts.created"

    /// The new account.
    public var accountId: UUID
    /// The address for mail.
    public var email: String
    /// The name of the owner.
    public var name: String

    /// The account, so that the events of one account stay in order.
    public var key: String { accountId.text }
}
