import Roost
import RoostTesting
import Testing

@testable import RoostHTTP

/// Without a socket, a request gets the same response that a server sends.
@Suite(.timeLimit(.minutes(5))) struct PipelineTests {
    struct Sent: Sendable, CustomTestStringConvertible {
        let method: RequestMethod
        let target: String
        var json: String?
        var headers: Headers = [:]

        var testDescription: String { "\(method.rawValue) \(target)" }
    }

    static let requests: [Sent] = [
        Sent(method: .get, target: "/books/Emma?edition=3"), Sent(method: .head, target: "/books/Emma"),
        Sent(method: .get, target: "/books/%7eEmma%2fb"), Sent(method: .get, target: "/books/%00"),
        Sent(method: .get, target: "/books/Emma?edition=x"), Sent(method: .get, target: "/none"), Sent(method: .put, target: "/books/Emma"),
        Sent(method: .options, target: "/books/Emma"), Sent(method: .get, target: "/me"),
        Sent(method: .delete, target: "/books/Emma"), Sent(method: .get, target: "/failures/problem"),
        Sent(method: .get, target: "/failures/fire"), Sent(method: .post, target: "/loans", json: "{}"),
        Sent(method: .get, target: "/pages/2", headers: ["accept": "text/event-stream"]), Sent(method: .get, target: "/pages/2"),
        Sent(method: .post, target: "/sums", json: "1\n2\n", headers: ["content-type": "application/x-ndjson"]),
        Sent(method: .post, target: "/sums", json: "{}"),
        Sent(method: .get, target: "/failures/problem", headers: ["traceparent": "none", "x-request-id": "a b"]),
        Sent(method: .get, target: "/odd/status"), Sent(method: .get, target: "/odd/fields"),
    ]

    /// Endpoints whose responses HTTP does not allow.
    private static let odd = [
        Endpoint(Route("odd.status", .get, "/odd/status")) { _ in Response(7) },
        Endpoint(Route("odd.fields", .get, "/odd/fields")) { _ in
            Response(.noContent, headers: ["connection": "close", "date": "today", "x-a": "1"], body: .text("none"))
        },
    ]

    @Test(arguments: requests) func aResponseIsTheServers(sent: Sent) async throws {
        let endpoints = LibraryAPIContract.endpoints(of: Library()).filter { !$0.route.takesIdempotencyKey } + Self.odd
        let server = try await HTTPServer.start(.init(port: 0), responder: try Router(endpoints).responder)
        let http = PooledHTTPClient()
        var headers = sent.headers
        // Both name the same request.
        if headers["x-request-id"] == nil { headers["x-request-id"] = "r1" }
        let apart = OverHTTP(client: http, address: HTTPAddress(host: "127.0.0.1", port: server.port))
        let expected = try await apart.send(sent.method, sent.target, json: sent.json, headers: headers)
        let response = try await endpoints.test { try await $0.send(sent.method, sent.target, json: sent.json, headers: headers) }
        #expect(response.status == expected.status)
        #expect(Self.comparable(response) == Self.comparable(expected))
        http.shutdown()
        await server.stop(within: .zero)
    }

    private struct OverHTTP: TestClientProtocol {
        let client: PooledHTTPClient
        let address: HTTPAddress

        func respond(to request: Request) async throws -> Response {
            try await client.send(request, to: address, deadline: .now + .seconds(30))
        }
    }

    /// Everything except for what differs between two responses of the same server.
    private static func comparable(_ response: TestResponse) -> [String] {
        let framing: Set = ["date", "transfer-encoding", "connection"]
        let id = response.headers["x-request-id"] ?? "none"
        let fields = response.headers.fields.map { "\($0.name.lowercased()): \($0.value)" }.filter { line in
            !framing.contains { line.hasPrefix($0 + ":") }
        }
        return (fields.sorted() + [response.text]).map { id == "r1" ? $0 : $0.replacing(id, with: "id") }
    }

    @Test func aDeadlineEndsARequest() async throws {
        let router = try Router(LibraryAPIContract.endpoints(of: Library()).filter { !$0.route.takesIdempotencyKey })
        let pipeline = ServerPipeline(.init(callers: .services), responder: router.responder)
        let response = await pipeline.response(to: Request(.get, "/failures/never", headers: ["x-request-timeout-ms": "20"]))
        #expect(response.status == .gatewayTimeout)
    }
}
