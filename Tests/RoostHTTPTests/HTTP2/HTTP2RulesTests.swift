import Roost
import Testing

@testable import RoostHTTP

/// How a server handles requests that are invalid, slow or late (RFC 9113 §8).
@Suite(.timeLimit(.minutes(5))) struct HTTP2RulesTests {
    private static let good = [(":method", "GET"), (":scheme", "http"), (":path", "/"), (":authority", "x")]

    static let malformed: [[(String, String)]] = [
        good + [("Upper", "1")], good + [("connection", "close")], good + [("te", "gzip")], good + [("transfer-encoding", "chunked")],
        good + [("x", "a\rb")], good + [("x", "a\u{0}b")], good + [("host", "y")], good + [("content-length", "5")],
        good + [("content-length", "x")], good + [(":path", "/twice")], good + [("x", "1"), (":late", "1")], Array(good.dropFirst()),
        Array(good.dropLast(2)), Array(good[..<2]) + [(":path", "no-slash")], Array(good[..<2]) + [(":path", "/sp ace")],
        Array(good[..<2]) + [(":path", "/\u{7F}")], [(":method", "G T")] + good[1...], good + [(":status", "200")],
        Array(good[..<3]) + [(":authority", "a/b")], [(":method", "GET"), (":scheme", "h\r\n"), (":path", "/")],
        good + [("a b", "1")], good + [("upgrade", "h2c")], good + [("keep-alive", "1")], good + [("proxy-connection", "close")],
        Array(good[..<2]) + [(":path", "*"), (":authority", "x")], good + [("content-length", "5"), ("content-length", "6")],
        Array(good[..<3]) + [(":authority", "x:y")], Array(good[..<3]) + [(":authority", "u@x")],
        good + [(":protocol", "websocket")], good + [(":authority", "x")], [("x", "1")] + good, [],
    ]

    @Test(arguments: malformed.indices) func malformedRequestsAreReset(index: Int) async throws {
        try await serving(by: echo) { server in
            let raw = try await RawHTTP2.connect(server)
            try await raw.send(.headers(1, Self.malformed[index]))
            let answer = try await raw.answer(on: 1)
            #expect(answer.map(\.kind) == [.reset] && answer.first?.code == RawCode.protocolError, "\(Self.malformed[index])")
            try await raw.send(.request(3))
            #expect(try await raw.answer(on: 3).last?.endsStream == true)
        }
    }

    /// RFC 9110 §4.2.3, RFC 3986 §6.2.2, RFC 9113 §8.3.1.
    @Test(arguments: [
        ([(":authority", "A.example"), ("host", "a.Example:80")], "GET", "/%70%2f?%70", "GET /p%2F?%70 A.example"),
        ([(":authority", "a")], "OPTIONS", "*", "OPTIONS * a"), ([("host", "a")], "GET", "/", "GET / a"),
    ])
    func whatMeansTheSameIsTheSame(fields: [(String, String)], method: String, path: String, seen: String) async throws {
        let mirror: Responder = { request, _ in .text("\(request.method) \(request.target) \(request.headers["host"] ?? "")") }
        try await serving(by: mirror) { server in
            let raw = try await RawHTTP2.connect(server)
            try await raw.send(.headers(1, [(":method", method), (":scheme", "http"), (":path", path)] + fields))
            #expect(try await raw.answer(on: 1).text == seen)
        }
    }

    @Test(arguments: [
        ([("expect", "more")], "417"), ([("content-length", "99999999")], "413"),
        ((0..<101).map { ("x-\($0)", "1") }, "431"), ([("x", String(repeating: "v", count: 16_326))], "431"),
    ])
    func whatIsNotServedIsAnswered(fields: [(String, String)], status: String) async throws {
        try await serving(by: echo) { server in
            let raw = try await RawHTTP2.connect(server)
            try await raw.send(.request(1, "POST", "/", fields, ends: false))
            let answer = try await raw.answer(on: 1)
            #expect(answer.map(\.kind) == [.headers, .data])
            // The rest of the request is not needed.
            let reset = try await raw.next { $0.kind == .reset }
            #expect(reset?.stream == 1 && reset?.code == RawCode.none)
            try await raw.send(.request(3))
            #expect(try await raw.answer(on: 3).last?.endsStream == true)
            let response = answer.text
            #expect(response.contains("\"status\":\(status)"))
        }
    }

    @Test(arguments: [[(":path", "/")], [("Upper", "1")], [("connection", "close")], [("x", "a\nb")]])
    func malformedTrailersResetTheirRequest(trailers: [(String, String)]) async throws {
        try await serving(by: echo) { server in
            let raw = try await RawHTTP2.connect(server)
            try await raw.send(.request(1, "POST", ends: false), .data(1, [1]), .headers(1, trailers))
            let reset = try await raw.next { $0.kind == .reset }
            #expect(reset?.stream == 1 && reset?.code == RawCode.protocolError, "\(trailers)")
            try await raw.send(.request(3))
            #expect(try await raw.answer(on: 3).last?.endsStream == true)
        }
    }

    @Test func connectIsRefused() async throws {
        try await serving(by: echo) { server in
            let raw = try await RawHTTP2.connect(server)
            try await raw.send(.headers(1, [(":method", "CONNECT"), (":authority", "x:1")]))
            #expect(try await raw.answer(on: 1).text.contains("\"status\":501"))
        }
    }

    @Test func aBodyMustHaveItsLength() async throws {
        try await serving(by: echo) { server in
            let raw = try await RawHTTP2.connect(server)
            try await raw.send(.request(1, "POST", "/", [("content-length", "5")], ends: false), .data(1, Array("abc".utf8), ends: true))
            #expect(try await raw.answer(on: 1).map(\.kind) == [.reset])
            try await raw.send(.request(3, "POST", "/", [("content-length", "2")], ends: false), .data(3, Array("abc".utf8)))
            #expect(try await raw.answer(on: 3).map(\.kind) == [.reset])
        }
    }

    @Test func aBodyThatGrowsTooLongIsRefusedWhereItIsRead() async throws {
        var limits = HTTPLimits()
        limits.bodySize = 10
        try await serving(limits, by: echo) { server in
            let raw = try await RawHTTP2.connect(server)
            try await raw.send(.request(1, "POST", ends: false))
            try await raw.send(.data(1, Array("12345".utf8)))
            try await raw.send(.data(1, Array("1234567".utf8)))
            let answer = try await raw.answer(on: 1)
            #expect(answer.text.contains("\"status\":413"))
        }
    }

    @Test func aPaddedBodyAndTrailersAndContinue() async throws {
        let responder: Responder = { request, _ in .text(String(decoding: try await request.body.collect(upTo: 100), as: UTF8.self)) }
        try await serving(by: responder) { server in
            let raw = try await RawHTTP2.connect(server)
            try await raw.send(.request(1, "POST", "/", [("expect", "100-continue"), ("content-length", "3")], ends: false))
            #expect(try await raw.next { $0.stream == 1 }?.kind == .headers)
            let padded = RawFrame(kind: .data, flags: RawFrame.padded, stream: 1, payload: [4] + Array("abc".utf8) + [0, 0, 0, 0])
            try await raw.send(padded, .headers(1, [("x-sum", "1")]))
            let answer = try await raw.answer(on: 1)
            #expect(answer.map(\.kind) == [.headers, .data] && answer.last?.payload == Array("abc".utf8))
        }
    }

    @Test func aSlowBodyIsAnsweredByATimeout() async throws {
        var limits = HTTPLimits()
        limits.bodyTimeout = .milliseconds(100)
        try await serving(limits, by: echo) { server in
            let raw = try await RawHTTP2.connect(server)
            try await raw.send(.request(1, "POST", "/", [("content-length", "1000")], ends: false), .data(1, [1]))
            let answer = try await raw.answer(on: 1)
            #expect(answer.text.contains("\"status\":408"))
        }
    }

    @Test func theDeadlineAndTheIdOfARequestAreKept() async throws {
        let cancelled = Latch()
        let responder: Responder = { _, context in
            #expect(context.requestID == "id-7")
            // Longer than the test: it ends only by being cancelled.
            try? await Task.sleep(for: .seconds(1000))
            if Task.isCancelled { cancelled.open() }
            throw CancellationError()
        }
        try await serving(for: .services, by: responder) { server in
            let raw = try await RawHTTP2.connect(server)
            try await raw.send(.request(1, "GET", "/", [("x-request-timeout-ms", "20"), ("x-request-id", "id-7")]))
            let answer = try await raw.answer(on: 1)
            #expect(answer.text.contains("\"status\":504"), "\(answer)")
            await cancelled.wait()
        }
    }

    @Test func cookiesInCrumbsAreOne() async throws {
        let responder: Responder = { request, _ in .text(request.headers.values("cookie").joined(separator: "|")) }
        try await serving(by: responder) { server in
            let raw = try await RawHTTP2.connect(server)
            try await raw.send(.request(1, "GET", "/", [("cookie", "a=1"), ("x", "y"), ("cookie", "b=2")]))
            #expect(try await raw.answer(on: 1).last?.payload == Array("a=1; b=2".utf8))
        }
    }
}
