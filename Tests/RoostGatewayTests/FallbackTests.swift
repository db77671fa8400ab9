import Foundation
import Roost
import RoostHTTP
import RoostTesting
import TestTools
import Testing

@testable import RoostGateway

/// What the gateway answers while a service is down.
@Suite(.timeLimit(.minutes(5))) struct FallbackTests {
    @Schema struct Tips: Equatable { var items: [String] }
    @Schema struct Question: Equatable { var text: String }

    @Contract("tips")
    protocol TipsAPI: Sendable {
        @Get("/tips/{id}") func tips(id: String, limit: Int?) async throws -> Tips
        @Post("/questions") func ask(_ question: Question) async throws -> Tips
        @Get("/hints") func hints() async throws -> Tips
        @Get("/private", access: .signedIn) func own() async throws -> Tips
        @Live("/tips/live") func live() async throws -> MessageStream<Tips>
    }

    private static let double = TipsAPIDouble(
        tips: { id, limit in Tips(items: [id, "\(limit ?? 0)"]) }, ask: { Tips(items: [$0.text]) }, own: { Tips(items: ["own"]) })

    /// Sends a request through a gateway to a service that answers in a certain way.
    private func send(
        _ request: Request, with fallback: Fallback = Fallback(TipsAPIContract.self, by: double),
        context: RequestContext = RequestContext(),
        from service: @escaping Responder
    ) async throws -> (status: Status, text: String) {
        let upstream = Upstream("tips", routes: TipsAPIContract.description.routes, respond: service, fallbacks: [fallback])
        var request = request
        request.codec = RESTCodec()
        let response = try await Gateway().answering(to: [upstream])(request, context)
        return (response.status, String(decoding: try await response.body.collect(upTo: 1 << 16), as: UTF8.self))
    }

    private func answering(_ status: Status) -> Responder { { _, _ in Response(status, body: .text("its own")) } }

    @Test(arguments: [502, 503, 504] as [Status]) func aServiceThatIsDown(status: Status) async throws {
        let answered = try await send(Request(.get, "/tips/7", query: "limit=3"), from: answering(status))
        #expect(answered.status == .ok && answered.text == #"{"items":["7","3"]}"#)
        let thrown = try await send(Request(.get, "/tips/7")) { _, _ in throw Problem(status) }
        #expect(thrown.status == .ok && thrown.text == #"{"items":["7","0"]}"#)
    }

    @Test(arguments: [200, 204, 401, 404, 422, 429, 500, 501] as [Status]) func aServiceThatAnswersIsHeard(status: Status) async throws {
        #expect(try await send(Request(.get, "/tips/7"), from: answering(status)).status == status)
        #expect(try await send(Request(.get, "/tips/7")) { _, _ in throw Problem(status) }.status == status)
    }

    @Test func aServiceThatHangs() async throws {
        let fallback = Fallback(TipsAPIContract.self, by: Self.double, after: .milliseconds(20))
        let answer = try await send(Request(.get, "/tips/7"), with: fallback) { _, context in
            try await context.run {
                // Longer than the test: it ends only by its deadline.
                let late = Problem(.gatewayTimeout)
                try await Promise<Void>().value(by: context.deadline, orThrow: late)
                return Response()
            }
        }
        #expect(answer.text == #"{"items":["7","0"]}"#)
    }

    /// It may take effect although nobody waited for its response.
    @Test func aCallThatChangesSomethingHasNoFallback() async throws {
        let request = Request(.post, "/questions", headers: ["content-type": "application/json"], body: .text(#"{"text":"why"}"#))
        let answered = try await send(request, from: answering(503))
        #expect(answered.status == .unavailable && answered.text == "its own")
        #expect(try await send(request) { _, _ in throw Problem(.badGateway) }.status == .badGateway)
    }

    @Test func whatHasNoFallbackIsTheServicesFault() async throws {
        // The double has no closure for it.
        #expect(try await send(Request(.get, "/hints"), from: answering(503)).status == .unavailable)
        #expect(try await send(Request(.get, "/hints")) { _, _ in throw Problem(.gatewayTimeout) }.status == .gatewayTimeout)
        #expect(try await send(Request(.get, "/tips/live"), from: answering(503)).status == .unavailable)
    }

    @Test func aFallbackIsNotForThoseWhoMayNotCall() async throws {
        #expect(try await send(Request(.get, "/private"), from: answering(503)).status == .unavailable)
        var context = RequestContext()
        context.principal = .account("ada")
        #expect(try await send(Request(.get, "/private"), context: context, from: answering(503)).text == #"{"items":["own"]}"#)
    }

    @Test func theLogTellsOnceOfEachChange() async throws {
        let log = RecordedLog(), fallback = Fallback(TipsAPIContract.self, by: Self.double)
        var context = RequestContext()
        context.logger = log.logger
        let status = Observed<Status>(.ok)
        let upstream = Upstream(
            "tips", routes: TipsAPIContract.description.routes,
            respond: { _, context in
                context.logger.warning("a line for each request")
                return Response(status.read { $0 })
            }, fallbacks: [fallback])
        let gateway = try Gateway().answering(to: [upstream])
        var request = Request(.get, "/tips/7")
        request.codec = RESTCodec()
        for next in [200, 503, 503, 504, 404, 200, 502, 502] as [Status] {
            status.change { $0 = next }
            _ = try await gateway(request, context)
        }
        let lines = log.lines.filter { $0.level >= .notice }.map(\.text)
        let down = "tips is down: its fallback answers"
        #expect(lines == [down, "tips answers again", down])
    }
}
