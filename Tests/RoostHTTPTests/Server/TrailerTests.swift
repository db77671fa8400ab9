import Roost
import Testing

@testable import RoostHTTP

@Suite(.timeLimit(.minutes(5))) struct TrailerTests {
    @Test func trailersFollowChunksOnly() async throws {
        let responder: Responder = { request, _ in
            var response = Response(body: request.path == "/whole" ? .text("body") : .stream(pieces(1, of: 3), length: nil))
            response.trailers = { ["X-Sum": "7", "content-length": "9", "x-split": "a\r\nb"] }
            return response
        }
        try await serving(by: responder) { server in
            let streamed = try await exchange("GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n", with: server)
            #expect(streamed.hasSuffix("\r\n\r\n3\r\nxxx\r\n0\r\nX-Sum: 7\r\nx-split: a  b\r\n\r\n"))
            let whole = try await exchange("GET /whole HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n", with: server)
            #expect(whole.hasSuffix("\r\n\r\nbody"))
        }
    }
}
