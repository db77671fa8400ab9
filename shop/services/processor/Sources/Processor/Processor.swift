import Foundation
import ProcessorAPI
import Roost
import ShopCommon

/// Implements the contract of the processor.
@Service(ProcessorAPI.self)
struct Processor: ProcessorAPI {
    let charges: Charges

    func charge(id: UUID, _ request: ChargeRequest) async throws -> Charge {
        if let known = try await charges.find(id) { return known.charge }
        switch request.token {
        case "tok_slow":
            try await Task.sleep(for: .seconds(3))
        case "tok_flaky":
            if try await charges.countAttempt(id) <= 2 { throw Problem.unavailable("The bank does not answer.") }
        default: break
        }
        let works = ["tok_ok", "tok_slow", "tok_flaky", "tok_lost"].contains(request.token)
        let charge = try await charges.settle(id, request, as: works ? .captured : .declined)
        ShopPlace.cardCharged.reach()
        return charge
    }

    func refund(id: UUID) async throws -> Charge {
        guard let charge = try await charges.refund(id) else { throw Problem(.notFound, "There is no charge \(id.text).") }
        return charge
    }

    func entries(after: Int?, limit: PageLimit?) async throws -> ChargeEntries {
        ChargeEntries(items: try await charges.entries(after: after ?? 0, limit: (limit ?? .default).count))
    }

    func entry(id: UUID) async throws -> ChargeEntry {
        guard let entry = try await charges.entry(of: id) else { throw Problem(.notFound, "There is no charge \(id.text).") }
        return entry
    }
}
