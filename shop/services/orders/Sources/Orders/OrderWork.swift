import Foundation
import Roost
import RoostData
import RoostWork

/// An order that is to be seen through to its end.
@Schema
struct OrderWork {
    var order: UUID
}

extension WorkQueue<OrderWork> {
    /// The orders under way. One is tried for as long as it takes, and those that come back leave half of the places to new ones.
    static func orders(in database: Database) -> WorkQueue {
        let retry = RetryPolicy(attempts: .max, backoff: Backoff(first: .milliseconds(50), longest: .seconds(5)))
        return WorkQueue("orders", in: database, options: WorkOptions(concurrency: 64, retry: retry, grace: .seconds(2), noun: "order"))
    }
}
