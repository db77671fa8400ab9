import Foundation
import Roost

/// A card processor for tests: behaves as the token says, well or badly.
///
/// `tok_ok` works, `tok_declined` is declined, `tok_slow` answers after three seconds, `tok_flaky` fails twice and then works,
/// `tok_lost` charges and loses the answer; any other token is declined.
@Contract("processor", access: .services)
public protocol ProcessorAPI: Sendable {
    /// Charges once under this id, however often it is asked.
    @Put("/charges/{id}")
    func charge(id: UUID, _ request: ChargeRequest) async throws -> Charge

    /// Gives the money back, once.
    @Put("/charges/{id}/refund")
    func refund(id: UUID) async throws -> Charge
}
