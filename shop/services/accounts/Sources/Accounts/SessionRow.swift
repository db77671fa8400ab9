import Foundation
import RoostData

/// A session as it is stored.
@Model("sessions", indexes: [["accountId", "id"]])
struct SessionRow {
    @Key var id: UUID = .v7()
    @References(AccountRow.self) var accountId: UUID
    /// Tells the only refresh token that is valid.
    var refreshDigest: String
    var createdAt: Date
    @Indexed var expiresAt: Date
}
