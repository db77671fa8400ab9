import Foundation
import Roost
import RoostAuth
import RoostEvents
import RoostHTTP

/// Sends notices to the merchant's webhook, each until it is taken or refused for good.
///
/// New ones go out in order. One that fails is sent again with growing pauses, beside the new ones; only the later notices of its own
/// charge wait for it.
struct NoticeSender: Sendable {
    /// How often to look.
    private static let pause = Duration.milliseconds(250)
    /// Goes on for about a day.
    private static let retry = RetryPolicy(attempts: 2000, first: .milliseconds(250), longest: .seconds(60))
    /// How many are sent again at once.
    private static let retries = 8

    let queue: NoticeQueue
    let client: HTTPClient
    let address: HTTPAddress
    let secret: String

    /// Runs until it is cancelled.
    func run() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await sendNew() }
            group.addTask { try await sendAgain() }
            try await group.next()
            group.cancelAll()
        }
    }

    private func sendNew() async throws {
        while true {
            while let notice = try await queue.next() { try await send(notice) }
            try await Task.sleep(for: Self.pause)
        }
    }

    private func sendAgain() async throws {
        while true {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for notice in try await queue.due(limit: Self.retries) { group.addTask { try await send(notice) } }
                try await group.waitForAll()
            }
            try await Task.sleep(for: Self.pause)
        }
    }

    private func send(_ notice: Notice) async throws {
        do {
            try await post(notice.body)
        } catch {
            try Task.checkCancellation()
            return try await noteFailure(error, of: notice)
        }
        try await queue.remove(notice)
    }

    private func noteFailure(_ error: any Error, of notice: Notice) async throws {
        let attempt = notice.attempts + 1, logger = RequestContext.defaultLogger
        let what = "The merchant did not take notice \(notice.number), attempt \(attempt) of \(Self.retry.attempts): \(error)."
        if FailureKind(of: error) == .permanent || attempt >= Self.retry.attempts {
            try await queue.refuse(notice, because: FailureKind.reason(of: error))
            logger.error("\(what) It is not sent again, and stays in the table notices with this reason.")
        } else {
            let pause = Self.retry.delay(after: attempt) / .seconds(1)
            try await queue.postpone(notice, to: Date() + pause)
            logger.warning("\(what) Next try in \((pause * 1000).rounded() / 1000) s.")
        }
    }

    /// - Throws: a `Problem` with the status where the merchant did not take it.
    private func post(_ body: String) async throws {
        let timestamp = Int(Date().timeIntervalSince1970), bytes = Array(body.utf8)
        let request = Request(
            .post, "/payments/webhooks",
            headers: [
                "content-type": "application/json",
                "x-processor-timestamp": String(timestamp),
                "x-processor-signature": SignedPayload.sign(timestamp: timestamp, body: bytes, key: secret),
            ], body: .bytes(bytes))
        let response = try await client.send(request, to: address, deadline: .now + .seconds(5))
        _ = try? await response.body.collect(upTo: 65536)
        guard response.status.isSuccess else { throw Problem(response.status) }
    }
}
