import Foundation
import ProcessorAPI
import Roost
import RoostAuth
import RoostSystem

/// Receives the processor's notices in place of the payments service: rejects some at first, and publishes those that it accepts.
struct Merchant: ServiceDefinition, EndpointProvider {
    static let secret = "what both sides know"

    let name = "payments"
    /// The accepted notices, in order. One that is sent again after seconds is there once: its answer came too late.
    let notices: AsyncStream<ChargeNotice>
    private let sink: AsyncStream<ChargeNotice>.Continuation
    private let refusals: Refusals
    private let answer: @Sendable (ChargeNotice) -> Status?

    /// - Parameters:
    ///   - refusals: How many notices get a 503 before one is accepted.
    ///   - answer: Returns the response to a notice, or `nil` to accept it.
    init(refusing refusals: Int = 0, answer: @escaping @Sendable (ChargeNotice) -> Status? = { _ in nil }) {
        (notices, sink) = AsyncStream.makeStream()
        self.refusals = Refusals(left: refusals)
        self.answer = answer
    }

    func assemble(on host: ServiceHost) async throws -> Merchant { self }

    var endpoints: [Endpoint] {
        [
            Endpoint(Route("payments.webhook", .post, "/payments/webhooks")) { [sink, refusals, answer] call in
                if await refusals.refuses() { throw Problem.unavailable("Not now.") }
                let headers = call.request.headers, body = try await call.request.body.collect(upTo: 4096)
                try SignedPayload.verify(
                    signature: headers["x-processor-signature"], timestamp: headers["x-processor-timestamp"], body: body,
                    key: Self.secret)
                let notice = try JSON.decode(ChargeNotice.self, from: body)
                if let status = answer(notice) { throw Problem(status) }
                if await refusals.isNew(notice.id) { sink.yield(notice) }
                return Response(.noContent)
            }
        ]
    }
}

private actor Refusals {
    private var left: Int
    private var accepted: [UUID: ContinuousClock.Instant] = [:]

    init(left: Int) { self.left = left }

    func refuses() -> Bool {
        left -= 1
        return left >= 0
    }

    func isNew(_ notice: UUID?) -> Bool {
        guard let notice else { return true }
        let last = accepted.updateValue(.now, forKey: notice)
        return last.map { .now - $0 < .seconds(4) } ?? true
    }
}
