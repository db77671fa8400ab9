import Foundation
import Roost
import RoostAuth
import RoostData
import RoostHTTP

/// Sends notices to the merchant's webhook, in order, each until it is taken.
struct NoticeSender: Sendable {
    private static let pause = Duration.milliseconds(250)

    let database: Database
    let client: HTTPClient
    let address: HTTPAddress
    let secret: String

    /// Runs until it is cancelled.
    func run() async throws {
        while true {
            while let notice = try await next() {
                guard await send(notice.body) else { break }
                _ = try await database.execute("DELETE FROM notices WHERE number = \(notice.number)")
            }
            try await Task.sleep(for: Self.pause)
        }
    }

    private func next() async throws -> (number: Int, body: String)? {
        guard let row = try await database.query("SELECT * FROM notices ORDER BY number LIMIT 1").first else { return nil }
        return (try row.get("number"), try row.get("body"))
    }

    /// - Returns: whether the merchant took it.
    private func send(_ body: String) async -> Bool {
        let timestamp = Int(Date().timeIntervalSince1970), bytes = Array(body.utf8)
        let request = Request(
            .post, "/payments/webhooks",
            headers: [
                "content-type": "application/json",
                "x-processor-timestamp": String(timestamp),
                "x-processor-signature": SignedPayload.sign(timestamp: timestamp, body: bytes, key: secret),
            ], body: .bytes(bytes))
        let response = try? await client.send(request, to: address, deadline: .now + .seconds(5))
        _ = try? await response?.body.collect(upTo: 65536)
        // A notice of something that the merchant does not know is done with too: it would stand in the way for ever.
        return response.map { $0.status.isSuccess || $0.status == .notFound } ?? false
    }
}
