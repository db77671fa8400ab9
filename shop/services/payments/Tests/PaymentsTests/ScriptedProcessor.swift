import Foundation
import Money
import ProcessorAPI
import Roost
import RoostSystem

/// A processor that captures every charge unless it is down, and records the requests.
actor ScriptedProcessor: ProcessorAPI {
    private(set) var charged: [UUID] = []
    private(set) var refunded: [UUID] = []
    private let failure: Problem?

    init(isDown: Bool = false) { failure = isDown ? .unavailable("The processor is down.") : nil }

    /// Fails each charge with this problem.
    init(failing problem: Problem) { failure = problem }

    func charge(id: UUID, _ request: ChargeRequest) async throws -> Charge {
        charged.append(id)
        if let failure { throw failure }
        return Charge(id: id, status: .captured, amount: request.amount)
    }

    func refund(id: UUID) async throws -> Charge {
        refunded.append(id)
        return Charge(id: id, status: .refunded, amount: .euros(cents: 1999))
    }
}

/// Serves a scripted processor in place of the real one.
struct ScriptedProcessorService: ServiceDefinition {
    let name = "processor"
    let processor: ScriptedProcessor

    func assemble(on host: ServiceHost) async throws -> some EndpointProvider {
        ContractProvider(ProcessorAPIContract.self, by: processor)
    }
}
