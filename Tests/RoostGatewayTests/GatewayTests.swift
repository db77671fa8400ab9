import Roost
import RoostGateway
import RoostHTTP
import RoostTesting
import Testing

@Suite struct GatewayTests {
    @Test(arguments: Way.allCases)
    func aRequestGoesOnAsItIs(way: Way) async throws {
        try await behind(Gateway(), way) { client in
            let response = try await client.send(.post, "/echo/a%20b/c?x=1&y=%2F", json: #"{"a":1}"#, headers: ["x-own": "mine"])
            let lines = response.text.split(separator: "\n")
            #expect(response.status == 200)
            #expect(lines.first == "POST /echo/a%20b/c?x=1&y=%2F" && lines.last == #"{"a":1}"#)
            #expect(lines.contains("x-own: mine") && lines.contains("content-type: application/json"))
        }
    }

    @Test(arguments: Way.allCases)
    func whatOnlyTheSystemMaySayIsTakenOut(way: Way) async throws {
        try await behind(Gateway(), way) { client in
            let headers: Headers = ["X-Service-Key": "key", "x-service-name": "orders"]
            let text = try await client.send(.get, "/echo/a", headers: headers).text
            #expect(!text.contains("x-service") && text.hasPrefix("GET /echo/a"))
        }
    }

    @Test(arguments: Way.allCases)
    func routesOfServicesHaveNoDoor(way: Way) async throws {
        try await behind(Gateway(), way) { client in
            let response = try await client.send(.get, "/internal", headers: ["x-service-key": "key", "x-service-name": "orders"])
            #expect(response.status == 404 && response.problem.detail == "Nothing is at /internal.")
        }
    }

    @Test(arguments: Way.allCases)
    func whatIsNotThereIsToldByTheGateway(way: Way) async throws {
        try await behind(Gateway(), way) { client in
            #expect(try await client.send(.get, "/nothing").status == 404)
            let wrong = try await client.send(.delete, "/echo/a")
            #expect(wrong.status == 405 && wrong.headers["allow"] == "GET, HEAD, POST")
        }
    }

    @Test(arguments: Way.allCases)
    func everyAnswerProtectsTheBrowser(way: Way) async throws {
        try await behind(Gateway(), way) { client in
            for target in ["/echo/a", "/missing", "/nothing"] {
                let headers = try await client.send(.get, target).headers
                #expect(headers["x-content-type-options"] == "nosniff", "\(target)")
                #expect(headers["content-security-policy"]?.contains("default-src 'self'") == true, "\(target)")
                #expect(headers["x-frame-options"] == "DENY" && headers["x-request-id"] != nil, "\(target)")
            }
            #expect(try await client.send(.get, "/framed").headers.values("x-frame-options") == ["SAMEORIGIN"])
        }
    }

    @Test(arguments: Way.allCases)
    func aProblemComesThroughAsItIs(way: Way) async throws {
        try await behind(Gateway(), way) { client in
            let response = try await client.send(.get, "/missing")
            #expect(response.status == 404 && response.problem.detail == "Not here.")
            #expect(response.headers["content-type"] == "application/problem+json")
        }
    }

    @Test func everyRequestHasADeadlineAndATrace() async throws {
        let endpoint = Endpoint(Route("context", .get, "/context")) { _ in
            let context = RequestContext.current
            let left = context.deadline.map { ContinuousClock.now.duration(to: $0) } ?? .zero
            return .text("\(left > .zero && left <= .seconds(5)) \(context.trace?.traceparent.split(separator: "-")[1] ?? "none")")
        }
        try await behind(Gateway(timeout: .seconds(5)), .direct, [endpoint]) { client in
            let trace = "4bf92f3577b34da6a3ce929d0e0e4736"
            let traced = try await client.send(
                .get, "/context", headers: ["traceparent": "00-\(trace)-00f067aa0ba902b7-01", "x-request-timeout-ms": "3600000"])
            #expect(traced.text == "true \(trace)")
            let untraced = try await client.send(.get, "/context").text
            #expect(untraced.hasPrefix("true ") && untraced.count == 37)
        }
    }

    @Test func twoServicesCannotClaimOneRoute() {
        let routes = Echo().endpoints.map(\.route)
        let upstreams = ["one", "two"].map { Upstream($0, routes: routes) { _, _ in Response() } }
        #expect(throws: ConfigurationError.self) { try Gateway().responder(to: upstreams) }
    }
}
