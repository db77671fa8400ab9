import Foundation
import ProcessorAPI
import Roost
import RoostAuth
import RoostData
import RoostHTTP
import RoostWork
import ShopCommon

/// Sends notices to the merchant's webhook until they are accepted or permanently refused.
///
/// The notices of a charge are sent in order, concurrently with those of other charges. A failed notice is sent again after growing pauses,
/// and only the later notices of its own charge wait for it.
struct NoticeSender: Sendable {
    let queue: WorkQueue<ChargeNotice>
    let client: PooledHTTPClient
    let address: HTTPAddress
    let secret: String

    /// Returns the queue of notices, which are tried for about a day.
    static func queue(in database: Database) -> WorkQueue<ChargeNotice> {
        let retry = RetryPolicy(attempts: 2000, backoff: Backoff(first: .milliseconds(250), longest: .seconds(60)))
        let options = WorkOptions(concurrency: 8, retry: retry, deadRetention: .seconds(30 * 86_400), noun: "notice")
        return WorkQueue("notices", in: database, options: options)
    }

    /// Runs until it is cancelled.
    func run() async { await queue.run { try await post(JSON.encode($0.job)) } }

    /// Sends a notice.
    /// - Throws: A `Problem` with the status of the response, if the merchant did not accept it.
    private func post(_ body: [UInt8]) async throws {
        let timestamp = Int(Date().timeIntervalSince1970)
        let request = Request(
            .post, "/payments/webhooks",
            headers: [
                "content-type": "application/json",
                "x-processor-timestamp": String(timestamp),
                "x-processor-signature": SignedPayload.sign(timestamp: timestamp, body: body, key: secret),
            ], body: .bytes(body))
        let response = try await client.send(request, to: address, deadline: .now + .seconds(5))
        _ = try? await response.body.collect(upTo: 65536)
        guard response.status.isSuccess else { throw Problem(response.status) }
        ShopPlace.noticeSent.reach()
    }
}
