import Foundation
import Roost
import RoostData
import RoostWork

/// An order to be processed until it is complete.
@Schema
struct OrderWork {
    var order: UUID
}

extension WorkQueue<OrderWork> {
    /// The orders in progress. An order is tried for as long as necessary; retries use at most half of the slots, so that new orders are
    /// not delayed.
    static func orders(in database: Database) -> WorkQueue {
        let retry = RetryPolicy(attempts: .max, backoff: Backoff(first: .milliseconds(50), longest: .seconds(5)))
        return WorkQueue("orders", in: database, options: WorkOptions(concurrency: 64, retry: retry, grace: .seconds(2), noun: "order"))
    }
}
