import Roost
import Testing

@testable import RoostHTTP

@Suite struct HTTPClientTests {
    @Test func asksAndIsAnswered() async throws {
        let server = try await HTTPServer.start(.init(port: 0)) { request, _ in
            .text("\(request.method) \(request.target)")
        }
        let client = HTTPClient()
        let response = try await client.send(Request(.get, "/a", query: "b=c"), to: HTTPAddress(host: "127.0.0.1", port: server.port))
        #expect(response.status == .ok)
        #expect(try await String(decoding: response.body.collect(upTo: 100), as: UTF8.self) == "GET /a?b=c")
        client.shutdown()
        await server.stop()
    }
}
