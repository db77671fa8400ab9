import Roost
import Testing

@testable import RoostHTTP

@Suite(.timeLimit(.minutes(5))) struct ConnectionTests {
    @Test func answersByteByByte() async throws {
        try await serving(by: echo) { server in
            let wire = try await Wire.connect(server.port)
            for character in "POST /a?b HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: 5\r\n\r\nhello" {
                try await wire.send(String(character))
            }
            let answer = try await wire.readToEnd()
            #expect(answer.hasPrefix("HTTP/1.1 200 OK\r\n"))
            #expect(answer.hasSuffix("\r\n\r\nPOST /a?b hello"))
            #expect(answer.contains("x-request-id: ") && answer.contains("date: ") && answer.contains("connection: close"))
        }
    }

    @Test func pipelinedRequestsAreAnsweredInOrder() async throws {
        let slow: Responder = { request, context in
            // Long enough for the others to overtake it, if they could.
            if request.path == "/1" { try await Task.sleep(for: .milliseconds(20)) }
            return try await echo(request, context)
        }
        try await serving(by: slow) { server in
            let requests = (1...50).map { "GET /\($0) HTTP/1.1\r\nhost: x\r\n" + ($0 == 50 ? "connection: close\r\n" : "") + "\r\n" }
            let answer = try await exchange(requests.joined(), with: server)
            let bodies = answer.split(separator: "\r\n").filter { $0.hasPrefix("GET /") }.map { $0.prefix { $0 != "H" } }
            #expect(bodies.map { $0.split(separator: " ")[1] } == (1...50).map { "/\($0)" })
        }
    }

    @Test func headHasALengthAndNoBody() async throws {
        try await serving(by: echo) { server in
            let answer = try await exchange("HEAD /a HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n", with: server)
            #expect(answer.contains("content-length: 8\r\n") && answer.hasSuffix("\r\n\r\n"))
        }
    }

    @Test func oldVersionClosesUnlessAskedNotTo() async throws {
        try await serving(by: echo) { server in
            let closed = try await exchange("GET /a HTTP/1.0\r\n\r\n", with: server)
            #expect(closed.contains("connection: close\r\n"))
            let kept = try await exchange("GET /a HTTP/1.0\r\nconnection: keep-alive\r\n\r\nGET /b HTTP/1.0\r\n\r\n", with: server)
            #expect(kept.contains("connection: keep-alive\r\n") && kept.hasSuffix("GET /b "))
        }
    }

    @Test func takesAndSendsChunks() async throws {
        let responder: Responder = { request, _ in Response(body: .stream(pieces(3, of: 4), length: nil)) }
        try await serving(by: responder) { server in
            let answer = try await exchange("GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n", with: server)
            #expect(answer.hasSuffix("\r\n\r\n4\r\nxxxx\r\n4\r\nxxxx\r\n4\r\nxxxx\r\n0\r\n\r\n"))
            let old = try await exchange("GET / HTTP/1.0\r\n\r\n", with: server)
            #expect(old.hasSuffix("\r\n\r\nxxxxxxxxxxxx"))
        }
        try await serving(by: echo) { server in
            let head = "POST / HTTP/1.1\r\nhost: x\r\nconnection: close\r\ntransfer-encoding: chunked\r\n\r\n"
            let answer = try await exchange(head + "3\r\nabc\r\n4\r\ndefg\r\n0\r\n\r\n", with: server)
            #expect(answer.hasSuffix("POST / abcdefg"))
        }
    }

    @Test func aStreamThatFailsCutsTheConnection() async throws {
        struct Failure: Error {}
        let responder: Responder = { _, _ in
            let stream = AsyncThrowingStream<[UInt8], any Error> { continuation in
                continuation.yield(Array("abc".utf8))
                continuation.finish(throwing: Failure())
            }
            return Response(body: .stream(stream, length: nil))
        }
        try await serving(by: responder) { server in
            let answer = try await exchange("GET / HTTP/1.1\r\nhost: x\r\n\r\n", with: server)
            #expect(answer.hasSuffix("3\r\nabc\r\n"))
        }
    }

    @Test func aStreamShorterThanItSaidCutsTheConnection() async throws {
        try await serving(by: { _, _ in Response(body: .stream(pieces(2, of: 4), length: 9)) }) { server in
            let answer = try await exchange("GET / HTTP/1.1\r\nhost: x\r\n\r\n", with: server)
            #expect(answer.contains("content-length: 9\r\n") && answer.hasSuffix("\r\n\r\nxxxxxxxx"))
        }
    }

    @Test func whatAHandlerLeavesUnreadIsPassedOver() async throws {
        try await serving(by: { request, _ in .text("at \(request.path)") }) { server in
            let body = String(repeating: "b", count: 100_000)
            let answer = try await exchange(
                "POST /1 HTTP/1.1\r\nhost: x\r\ncontent-length: 100000\r\n\r\n\(body)"
                    + "GET /2 HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n", with: server)
            #expect(answer.contains("at /1HTTP/1.1 200 OK") && answer.hasSuffix("at /2"))
        }
    }

    @Test func tooMuchLeftUnreadEndsTheConnection() async throws {
        try await serving(by: { request, _ in .text("at \(request.path)") }) { server in
            let wire = try await Wire.connect(server.port)
            try await wire.send("POST /1 HTTP/1.1\r\nhost: x\r\ncontent-length: 10000000\r\n\r\n")
            _ = try await wire.read(until: "at /1")
            try? await wire.send(String(repeating: "b", count: 1_000_000))
            #expect(try await wire.readToEnd().isEmpty)
        }
    }

    @Test func continueIsSentWhenTheBodyIsWanted() async throws {
        try await serving(by: echo) { server in
            for (fields, body) in [("content-length: 5", "hello"), ("transfer-encoding: chunked", "5\r\nhello\r\n0\r\n\r\n")] {
                let wire = try await Wire.connect(server.port)
                try await wire.send("POST / HTTP/1.1\r\nhost: x\r\nconnection: close\r\nexpect: 100-continue\r\n\(fields)\r\n\r\n")
                #expect(try await wire.read(until: "\r\n\r\n") == "HTTP/1.1 100 Continue\r\n\r\n")
                try await wire.send(body)
                #expect(try await wire.readToEnd().hasSuffix("POST / hello"))
            }
        }
    }

    @Test func aRefusalComesInsteadOfContinue() async throws {
        let refuse: Responder = { _, _ in throw Problem(.forbidden, "No.") }
        try await serving(by: refuse) { server in
            let answer = try await exchange(
                "POST / HTTP/1.1\r\nhost: x\r\nexpect: 100-continue\r\ntransfer-encoding: chunked\r\n\r\n", with: server)
            #expect(answer.hasPrefix("HTTP/1.1 403 Forbidden\r\n") && answer.contains("connection: close"))
        }
    }
}
