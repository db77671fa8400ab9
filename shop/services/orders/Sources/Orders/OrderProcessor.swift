import Foundation
import Logging
import OrdersAPI
import Roost
import RoostWork

/// Sees orders through to their end. Each is worked on by one replica at a time, which takes a lease on it; what a replica that has lost
/// an order still does for it is undone.
struct OrderProcessor: Sendable {
    let flow: OrderFlow
    let logger: Logger

    /// Works until it is cancelled.
    func run() async throws {
        // What could be neither completed nor put back is tried again at each start.
        for dead in try await flow.book.work.dead(limit: 1000) { try await flow.book.work.retry(dead.id) }
        await flow.book.work.run { try await process($0) }
    }

    private func process(_ job: ClaimedJob<OrderWork>) async throws {
        do {
            while try await !flow.advance(job) { try Task.checkCancellation() }
        } catch let error where FailureKind(of: error) == .permanent {
            logger.error(
                "order \(job.id) can be neither completed nor undone: fix the cause, then restart the service or cancel the order",
                metadata: ["cause": "\(error)"])
            try await flow.book.note(FailureKind.reason(of: error), of: job.job.order)
            throw error
        }
    }
}
