import Foundation
import Roost
import RoostTesting
import TestTools
import Testing

@testable import RoostHTTP

/// The server with clients of other projects.
@Suite(.timeLimit(.minutes(5))) struct HTTP2ToolTests {
    private static let responder: Responder = { request, _ in
        if request.path == "/stream" { return Response(body: .stream(pieces(100, of: 10_000), length: nil)) }
        let body = try await request.body.collect(upTo: 1 << 24)
        var response = Response.text("\(request.version) \(request.method) \(request.target) \(body.count)")
        response.trailers = { ["x-sum": "7"] }
        return response
    }

    @Test func curl() async throws {
        try await serving(by: Self.responder) { server in
            let url = "http://127.0.0.1:\(server.port)"
            let got = try await Tool.run("curl", ["-s", "--http2-prior-knowledge", "\(url)/a?b=c"])
            #expect(got.output == "http2 GET /a?b=c 0")
            let folder = try TemporaryFolder()
            try Data(repeating: 1, count: 5_000_000).write(to: folder.url.appendingPathComponent("body"))
            let upload = ["-s", "--http2-prior-knowledge", "-X", "POST", "-T", folder.file("body"), "\(url)/up"]
            #expect(try await Tool.run("curl", upload).output == "http2 POST /up 5000000")
            let streamed = try await Tool.run(
                "curl", ["-s", "--http2-prior-knowledge", "-o", "/dev/null", "-w", "%{size_download}", "\(url)/stream"])
            #expect(streamed.output == "1000000")
            #expect(try await Tool.run("curl", ["-s", "--http1.1", "\(url)/a"]).output == "http1 GET /a 0")
            // An upgrade from HTTP/1.1 is not offered (RFC 9113 §3.1): the request is answered normally.
            #expect(try await Tool.run("curl", ["-s", "--http2", "\(url)/a"]).output == "http1 GET /a 0")
        }
    }

    @Test func nghttp() async throws {
        try await serving(by: Self.responder) { server in
            let tool = try await Tool.run("nghttp", ["-v", "-m", "3", "http://127.0.0.1:\(server.port)/x"])
            #expect(tool.output.contains("http2 GET /x 0") && tool.output.contains("x-sum: 7"), "\(tool.output)")
            #expect(!tool.output.contains("INVALID") && !tool.output.contains("error_code=PROTOCOL_ERROR"))
        }
    }

    @Test(arguments: [["-n2000", "-c4", "-m20"], ["-n300", "-c3", "-m100"], ["-n40", "-c2", "-m10", "-d", "/bin/bash"]])
    func h2load(arguments: [String]) async throws {
        try await serving(by: Self.responder) { server in
            let tool = try await Tool.run("h2load", arguments + ["http://127.0.0.1:\(server.port)/x"])
            let count = arguments[0].dropFirst(2)
            #expect(tool.output.contains("\(count) succeeded, 0 failed, 0 errored, 0 timeout"), "\(tool.output)")
            #expect(tool.output.contains("\(count) 2xx"))
        }
    }
}
