import Foundation
import Roost
import RoostAuth

/// An account of the shop.
@Schema
public struct Account {
    /// The account's identifier.
    public var id: UUID
    /// The address for mail and for signing in.
    public var email: String
    /// The name of its owner.
    public var name: String
    /// What the account is allowed to do.
    public var role: Role
    /// When the account was created.
    public var createdAt: Date
}

/// What an account is allowed to do.
@Schema
public enum Role: String, Sendable {
    case customer
    case admin
}

/// The details of a new account.
@Schema
public struct NewAccount {
    /// The address for mail and for signing in. It is not case-sensitive.
    @Check(.format(.email)) public var email: String
    /// The password.
    @Check(.password(10...128)) public var password: String
    /// The name of the owner.
    @Check(.line(1...200)) public var name: String
}

/// Changes to an account. Properties that are left out stay as they are.
@Schema
public struct AccountChanges {
    /// The new name of the owner.
    @Check(.line(1...200)) public var name: String?
}
