import Foundation
import Roost
import RoostAuth

/// Someone who has signed up.
@Schema
public struct Account {
    public var id: UUID
    public var email: String
    public var name: String
    public var role: Role
    public var createdAt: Date
}

/// What an account may do.
@Schema
public enum Role: String, Sendable {
    case customer
    case admin
}

/// What is asked of someone who signs up.
@Schema
public struct NewAccount {
    /// Where mail goes, and what to sign in with. Case does not count.
    @Check(.format(.email)) public var email: String
    @Check(.password(10...128)) public var password: String
    @Check(.line(1...200)) public var name: String
}

/// What may be changed of an account; what is left out stays.
@Schema
public struct AccountChanges {
    @Check(.line(1...200)) public var name: String?
}
