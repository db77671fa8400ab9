import Foundation
import Logging
import OrdersAPI
import Roost
import RoostWork

/// Processes orders until they are complete. Only one replica at a time works on an order, with a lease; what a replica does for an order
/// after it has lost the lease is undone.
struct OrderProcessor: Sendable {
    let flow: OrderFlow
    let logger: Logger

    /// Processes orders until it is cancelled.
    func run() async throws {
        // Orders that could be neither completed nor undone are tried again at each start.
        for dead in try await flow.repository.work.dead(limit: 1000) { try await flow.repository.work.retry(dead.id) }
        await flow.repository.work.run { try await process($0) }
    }

    private func process(_ job: ClaimedJob<OrderWork>) async throws {
        do {
            while try await !flow.advance(job) { try Task.checkCancellation() }
        } catch let error where FailureKind(of: error) == .permanent {
            logger.error(
                "order \(job.id) can be neither completed nor undone: fix the cause, then restart the service or cancel the order",
                metadata: ["cause": "\(error)"])
            try await flow.repository.note(FailureKind.reason(of: error), of: job.job.order)
            throw error
        }
    }
}
