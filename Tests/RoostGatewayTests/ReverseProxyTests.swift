import Roost
import RoostHTTP
import Testing

@testable import RoostGateway

/// The gateway in front of a real server.
@Suite(.timeLimit(.minutes(5))) struct ReverseProxyTests {
    private func proxy(
        to responder: @escaping Responder, _ test: (ReverseProxy) async throws -> Void
    ) async throws {
        let server = try await HTTPServer.start(HTTPServer.Configuration(port: 0), responder: responder)
        let client = PooledHTTPClient()
        let address = HTTPAddress(host: "127.0.0.1", port: server.port)
        let result: Result<Void, any Error>
        do { result = .success(try await test(ReverseProxy(to: "things", at: address, by: client))) } catch { result = .failure(error) }
        client.shutdown()
        await server.stop(within: .zero)
        try result.get()
    }

    private static let fields: Responder = { request, _ in
        .text(request.headers.fields.map { "\($0.name.lowercased())=\($0.value)" }.sorted().joined(separator: ";"))
    }

    private func text(_ response: Response) async throws -> String {
        String(decoding: try await response.body.collect(upTo: 1 << 20), as: UTF8.self)
    }

    @Test func whatBelongsToTheConnectionStaysBehind() async throws {
        try await proxy(to: Self.fields) { proxy in
            var request = Request(.get, "/", headers: ["connection": "x-hop, close", "x-hop": "1", "te": "trailers", "x-end": "2"])
            request.headers.add("via", "1.0 cache")
            request.remoteAddress = "192.0.2.7"
            request.headers.add("x-forwarded-for", "192.0.2.1")
            let seen = try await text(proxy.respond(to: request, in: RequestContext(requestID: "r7")))
            #expect(!seen.contains("x-hop") && !seen.contains("te="))
            #expect(seen.contains("x-end=2") && seen.contains("x-request-id=r7"))
            #expect(seen.contains("via=1.0 cache;via=1.1 roost"))
            #expect(seen.contains("x-forwarded-for=192.0.2.7"))
        }
    }

    @Test func theTraceGoesOn() async throws {
        try await proxy(to: Self.fields) { proxy in
            let trace = TraceContext.root()
            let seen = try await text(proxy.respond(to: Request(.get, "/"), in: RequestContext(trace: trace)))
            #expect(seen.contains("traceparent=00-\(trace.traceID)-"))
        }
    }

    @Test func aResponsesConnectionFieldsStayBehind() async throws {
        let answer = Response(headers: ["keep-alive": "timeout=5", "x-kept": "yes"])
        try await proxy(to: { _, _ in answer }) { proxy in
            let headers = try await proxy.respond(to: Request(.get, "/"), in: RequestContext()).headers
            #expect(headers["x-kept"] == "yes" && headers["keep-alive"] == nil && headers["connection"] == nil)
        }
    }

    @Test func anAnswerThatDoesNotComeInTimeIsA504() async throws {
        let never: Responder = { _, _ in
            // Longer than the test: it ends only by being cancelled.
            try await Task.sleep(for: .seconds(3600))
            return Response()
        }
        try await proxy(to: never) { proxy in
            let upstream = Upstream("things", routes: [Route("things", .get, "/")], respond: proxy.respond)
            let gateway = try Gateway(timeout: .milliseconds(20)).answering(to: [upstream])
            #expect(try await gateway(Request(.get, "/"), RequestContext()).status == .gatewayTimeout)
        }
    }

    @Test func bodiesPassWholeBothWays() async throws {
        let echo: Responder = { request, _ in Response(body: .bytes(try await request.body.collect(upTo: 1 << 20))) }
        try await proxy(to: echo) { proxy in
            let body = (0..<300_000).map { UInt8(truncatingIfNeeded: $0) }
            let response = try await proxy.respond(to: Request(.post, "/", body: .bytes(body)), in: RequestContext())
            #expect(try await response.body.collect(upTo: 1 << 20) == body)
        }
    }

    @Test func headTellsTheLengthThatGetHas() async throws {
        try await proxy(to: { _, _ in .text("12345") }) { proxy in
            let response = try await proxy.respond(to: Request(.head, "/"), in: RequestContext())
            #expect(response.body.length == 5)
        }
    }

    @Test func aServiceThatIsDownIsA503() async throws {
        let server = try await HTTPServer.start(HTTPServer.Configuration(port: 0)) { _, _ in .text("") }
        let address = HTTPAddress(host: "127.0.0.1", port: server.port)
        await server.stop(within: .zero)
        let client = PooledHTTPClient()
        defer { client.shutdown() }
        await #expect {
            try await ReverseProxy(to: "things", at: address, by: client).respond(to: Request(.get, "/"), in: RequestContext())
        } throws: {
            let problem = $0 as? Problem
            return problem?.status == .unavailable && problem?.headers["retry-after"] == "1"
                && problem?.detail == "The service things is temporarily unavailable."
        }
    }
}
