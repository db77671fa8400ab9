import Foundation
import Roost

/// A card processor for tests, whose behavior depends on the token.
///
/// `tok_ok` succeeds, `tok_declined` is declined, `tok_slow` answers after three seconds, `tok_flaky` fails twice and then succeeds, and
/// `tok_lost` charges the card but loses the answer. Any other token is declined.
@Contract("processor", access: .services)
public protocol ProcessorAPI: Sendable {
    /// Charges a card. If it is repeated with the same identifier, the card is charged only once.
    @Put("/charges/{id}")
    func charge(id: UUID, _ request: ChargeRequest) async throws -> Charge

    /// Refunds a charge. If it is repeated, the charge is refunded only once.
    @Put("/charges/{id}/refund")
    func refund(id: UUID) async throws -> Charge

    /// Returns the processor's own record: an entry for each change of a charge, oldest first.
    ///
    /// The numbers of entries increase, but not without gaps, and an entry can appear a moment after others with higher numbers.
    @Get("/charges")
    func entries(after: Int?, limit: PageLimit?) async throws -> ChargeEntries

    /// Returns the newest entry for a charge in the processor's own record.
    @Get("/charges/{id}")
    func entry(id: UUID) async throws -> ChargeEntry
}
