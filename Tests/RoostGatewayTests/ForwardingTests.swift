import Roost
import RoostGateway
import RoostHTTP
import RoostTesting
import Testing

@Suite struct ForwardingTests {
    @Test func whatBelongsToAConnectionStaysOnIt() async throws {
        let endpoint = Endpoint(Route("echo", .get, "/echo")) { call in
            let names = call.request.headers.fields.map { $0.name.lowercased() }.sorted().joined(separator: " ")
            return Response(headers: ["keep-alive": "timeout=5", "x-kept": "yes"], body: .text(names))
        }
        try await forwarding([endpoint]) { forwarding in
            let request = Request(
                .get, "/echo",
                headers: [
                    "connection": "close, X-Hop", "x-hop": "1", "te": "trailers", "keep-alive": "timeout=5", "upgrade": "h2c",
                    "proxy-authorization": "Basic eA==", "x-kept": "1",
                ], remoteAddress: "192.0.2.7")
            let response = try await forwarding.respond(to: request, in: RequestContext())
            let names = String(decoding: try await response.body.collect(upTo: 1000), as: UTF8.self).split(separator: " ")
            #expect(names.contains("x-kept") && names.contains("x-forwarded-for") && names.contains("x-request-id"))
            #expect(Set(names).isDisjoint(with: ["x-hop", "te", "keep-alive", "upgrade", "proxy-authorization"]))
            #expect(response.headers["x-kept"] == "yes" && response.headers["keep-alive"] == nil)
        }
    }

    @Test func theContextTravelsAlong() async throws {
        let endpoint = Endpoint(Route("echo", .get, "/echo")) { call in
            let names = ["x-request-id", "x-forwarded-for", "traceparent", "x-request-timeout-ms"]
            return .text(names.map { call.request.headers.values($0).joined(separator: "|") }.joined(separator: "\n"))
        }
        try await forwarding([endpoint]) { forwarding in
            let trace = TraceContext.root()
            let context = RequestContext(requestID: "one", deadline: .now + .seconds(60), trace: trace)
            let request = Request(.get, "/echo", headers: ["x-forwarded-for": "198.51.100.1"], remoteAddress: "192.0.2.7")
            let response = try await forwarding.respond(to: request, in: context)
            let lines = String(decoding: try await response.body.collect(upTo: 1000), as: UTF8.self).split(separator: "\n")
            try #require(lines.count == 4)
            #expect(lines[0] == "one" && lines[1] == "198.51.100.1, 192.0.2.7")
            #expect(lines[2].split(separator: "-")[1] == trace.traceparent.split(separator: "-")[1])
            #expect(lines[2] != trace.traceparent)
            #expect(Int(lines[3]).map { (1...60_000).contains($0) } == true)
        }
    }

    @Test func aServiceThatIsDownIsToldAndTheRestServes() async throws {
        let http = HTTPClient()
        defer { http.shutdown() }
        let gone = try await serving({ _, _ in Response() }) { $0 }
        let routes = Echo().endpoints.map(\.route)
        let down = Upstream("echo", routes: routes, respond: Forwarding(to: "echo", at: gone, by: http).respond)
        let up = Upstream("up", routes: [Route("up", .get, "/up")]) { _, _ in .text("up") }
        try await serving(try Gateway().responder(to: [down, up])) { address in
            let client = TestClient(http, to: address)
            let refused = try await client.send(.get, "/echo/a")
            #expect(refused.status == 503 && refused.headers["retry-after"] == "1")
            #expect(refused.problem.detail == "The service echo is down for the moment.")
            #expect(refused.headers["x-content-type-options"] == "nosniff")
            #expect(try await client.send(.get, "/up").text == "up")
        }
    }

    @Test func anAnswerThatDoesNotComeIsATimeout() async throws {
        let endpoint = Endpoint(Route("slow", .get, "/slow")) { _ in
            try await Task.sleep(for: .seconds(3600))
            return Response()
        }
        try await behind(Gateway(timeout: .milliseconds(50)), .remote, [endpoint]) { client in
            #expect(try await client.send(.get, "/slow").status == 504)
            let next = try await client.send(.get, "/none")
            #expect(next.status == 404)
        }
    }

    @Test func headHasTheLengthAndNoContent() async throws {
        try await behind(Gateway(), .remote) { client in
            let response = try await client.send(.head, "/echo/a")
            #expect(response.status == 200 && response.bytes.isEmpty)
            #expect(response.headers["content-length"].flatMap { Int($0) }.map { $0 > 0 } == true)
        }
    }

    private func forwarding(_ endpoints: [Endpoint], _ test: (Forwarding) async throws -> Void) async throws {
        let http = HTTPClient()
        defer { http.shutdown() }
        try await serving(try Router(endpoints).responder) { try await test(Forwarding(to: "echo", at: $0, by: http)) }
    }
}
