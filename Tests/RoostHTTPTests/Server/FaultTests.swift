import Roost
import Testing

@testable import RoostHTTP

@Suite(.timeLimit(.minutes(5))) struct FaultTests {
    @Test(arguments: [
        ("GET /a b HTTP/1.1\r\nhost: x\r\n\r\n", 400),
        ("\u{16}\u{3}\u{1}\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\n\r\n", 400),
        ("GET / HTTP/3.0\r\nhost: x\r\n\r\n", 505),
        ("POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\nGET /smuggled HTTP/1.1\r\n", 400),
        ("POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: deflate\r\n\r\n", 501),
        ("POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n", 400),
        ("POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 99999999\r\n\r\n", 413),
        ("POST / HTTP/1.1\r\nhost: x\r\nexpect: 200-ok\r\ncontent-length: 1\r\n\r\n", 417),
        ("GET /" + String(repeating: "a", count: 20_000), 414),
        ("GET / HTTP/1.1\r\nhost: x\r\na: " + String(repeating: "a", count: 20_000), 431),
        ("GET / HTTP/1.1\r\nhost: x\r\n" + String(repeating: "a: b\r\n", count: 101) + "\r\n", 431),
    ])
    func isAnsweredByAProblemAndClosed(text: String, status: Int) async throws {
        try await serving(by: echo) { server in
            let answer = try await exchange(text, with: server)
            #expect(answer.hasPrefix("HTTP/1.1 \(status) "))
            #expect(answer.contains("content-type: application/problem+json\r\n"))
            #expect(answer.contains("connection: close\r\n") && answer.contains("x-request-id: "))
            #expect(answer.contains("\"status\":\(status)"))
            #expect(answer.hasSuffix("}") && !answer.contains("}HTTP/1.1"))
        }
    }

    @Test func aFaultAfterGoodRequestsIsAnsweredAfterThem() async throws {
        try await serving(by: echo) { server in
            let answer = try await exchange("GET /1 HTTP/1.1\r\nhost: x\r\n\r\nnonsense\r\n\r\n", with: server)
            #expect(answer.hasPrefix("HTTP/1.1 200 OK") && answer.contains("GET /1 HTTP/1.1 400 "))
        }
    }

    @Test func aChunkedBodyIsBounded() async throws {
        var limits = HTTPLimits()
        limits.bodySize = 1000
        try await serving(limits, by: echo) { server in
            let chunk = "200\r\n" + String(repeating: "a", count: 512) + "\r\n"
            let answer = try await exchange(
                "POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n\(chunk)\(chunk)", with: server)
            #expect(answer.hasPrefix("HTTP/1.1 413 ") && answer.contains("1000 bytes"))
        }
    }

    @Test func problemsAndErrorsOfHandlers() async throws {
        struct Secret: Error { let password = "hunter2" }
        let responder: Responder = { request, _ in
            if request.path == "/problem" { throw Problem(.conflict, "Taken.", headers: ["retry-after": "7"]) }
            throw Secret()
        }
        try await serving(by: responder) { server in
            let get = { (path: String) in "GET \(path) HTTP/1.1\r\nhost: x\r\nx-request-id: mine-1\r\nconnection: close\r\n\r\n" }
            let problem = try await exchange(get("/problem"), with: server)
            #expect(problem.hasPrefix("HTTP/1.1 409 Conflict\r\n") && problem.contains("retry-after: 7\r\n"))
            #expect(problem.contains("x-request-id: mine-1\r\n") && problem.contains("\"requestId\":\"mine-1\""))
            #expect(problem.contains("\"instance\":\"/problem\"") && problem.contains("\"detail\":\"Taken.\""))
            let error = try await exchange(get("/error"), with: server)
            #expect(error.hasPrefix("HTTP/1.1 500 ") && !error.contains("hunter2") && !error.contains("Secret"))
        }
    }

    @Test func handlersGetTheContext() async throws {
        let responder: Responder = { _, context in
            .text(
                "\(context.idempotencyKey ?? "no key") \(context.clientAddress ?? "") \(context.trace.traceID) \(context.deadline != nil) \(context.authorization ?? "")"
            )
        }
        try await serving(for: .services, by: responder) { server in
            let answer = try await exchange(
                "GET / HTTP/1.1\r\nhost: x\r\nIdempotency-Key: k\r\nTraceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\r\n"
                    + "X-Request-Timeout-MS: 5000\r\nauthorization: Bearer t\r\nconnection: close\r\nx-request-id: has space\r\n\r\n",
                with: server)
            #expect(answer.hasSuffix("no key 127.0.0.1 0af7651916cd43dd8448eb211c80319c true Bearer t"))
            #expect(!answer.contains("has space"))
        }
    }
}
