import Roost
import Testing

@testable import RoostHTTP

@Suite(.timeLimit(.minutes(5))) struct HTTP2ExchangeTests {
    @Test func requestsAndResponsesAreTheSameAsOverHTTP1() async throws {
        let responder: Responder = { request, context in
            #expect(request.version == .http2)
            let fields = request.headers.fields.map { "\($0.name)=\($0.value)" }.joined(separator: " ")
            var response = Response.text("\(request.method) \(request.path) \(request.query) [\(fields)] \(request.remoteAddress ?? "-")")
            response.headers["X-Made-By"] = "test"
            return response
        }
        try await connected(by: responder) { connection, _ in
            let headers: Headers = ["X-Tell": " a\tb ", "cookie": "a=1", "connection": "close", "x-request-id": "id-1"]
            let response = try await connection.send(Request(.get, "/a/b", query: "c=d", headers: headers))
            #expect(response.status == .ok)
            #expect(response.headers["x-made-by"] == "test" && response.headers["x-request-id"] == "id-1")
            #expect(response.headers["content-length"] != nil && response.headers["date"] != nil)
            let text = try await response.text()
            #expect(text == "GET /a/b c=d [host=\(connection.address) x-tell=a\tb x-request-id=id-1 cookie=a=1] 127.0.0.1")
        }
    }

    @Test(arguments: [0, 1, 1000, 70_000, 3_000_000])
    func bodiesOfAnySizeGoBothWays(size: Int) async throws {
        let responder: Responder = { request, _ in Response(body: .bytes(try await request.body.collect(upTo: 1 << 24))) }
        try await connected(by: responder) { connection, _ in
            let body = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31) }
            let response = try await connection.send(Request(.post, "/", body: .bytes(body)))
            #expect(try await response.body.collect(upTo: 1 << 24) == body)
            let streamed = try await connection.send(Request(.post, "/", body: .stream(pieces(30, of: size / 30), length: nil)))
            #expect(try await streamed.body.collect(upTo: 1 << 24).count == size / 30 * 30)
        }
    }

    @Test func manyRequestsShareOneConnection() async throws {
        try await connected(by: echo) { connection, _ in
            let answers = try await withThrowingTaskGroup(of: String.self) { group in
                for number in 0..<90 {
                    group.addTask { try await connection.send(Request(.post, "/\(number)", body: .text("b\(number)"))).text() }
                }
                return try await group.reduce(into: Set<String>()) { $0.insert($1) }
            }
            #expect(answers == Set((0..<90).map { "POST /\($0) b\($0)" }))
            #expect(connection.activeStreams == 0 && connection.maxStreams == 100 && connection.isUsable)
        }
    }

    @Test func trailersFollowWholeAndStreamedBodies() async throws {
        let responder: Responder = { request, _ in
            var response = request.path == "/whole" ? Response.text("body") : Response(body: .stream(pieces(3), length: nil))
            if request.path == "/none" { response.body = .empty }
            response.trailers = { ["Grpc-Status": "0", "content-length": "7"] }
            return response
        }
        try await connected(by: responder) { connection, _ in
            for (path, length) in [("/whole", 4), ("/streamed", 24), ("/none", 0)] {
                let response = try await connection.send(Request(.get, path))
                #expect(try await response.text().count == length)
                #expect(response.trailers?().fields.map(\.name) == ["grpc-status"])
            }
        }
    }

    @Test func bothDirectionsGoOnAtTheSameTime() async throws {
        let responder: Responder = { request, _ in
            guard case .stream(let stream, _) = request.body else { throw Problem(.badRequest, "The body is no stream.") }
            let (answers, continuation) = AsyncThrowingStream<[UInt8], any Error>.makeStream()
            Task {
                for try await piece in stream { continuation.yield(Array("<".utf8) + piece) }
                continuation.finish()
            }
            return Response(body: .stream(answers, length: nil))
        }
        try await connected(by: responder) { connection, _ in
            let feed = Feed()
            let response = try await connection.send(Request(.post, "/", body: .stream(feed.stream, length: nil)))
            guard case .stream(let stream, _) = response.body else { throw Problem(.badGateway, "no stream") }
            var answers = stream.makeAsyncIterator()
            for text in ["one", "two", "three"] {
                feed.send(text)
                #expect(try await answers.next(isolation: nil) == Array("<\(text)".utf8))
            }
            feed.end()
            #expect(try await answers.next(isolation: nil) == nil)
        }
    }

    @Test func problemsAndStatusesWithoutContent() async throws {
        let responder: Responder = { request, _ in
            switch request.path {
            case "/problem": throw Problem(.conflict, "No.")
            case "/error": throw TransportError.connectionClosed
            case "/none": return Response(.noContent)
            case "/early": return Response(103)
            case "/upgrade":
                var response = Response(101)
                response.upgrade = .tunnel { _ in }
                return response
            default: return .text("content")
            }
        }
        try await connected(by: responder) { connection, _ in
            let statuses: [(RequestMethod, String, Status)] = [
                (.get, "/problem", .conflict), (.get, "/error", .internalError), (.get, "/none", .noContent),
                (.get, "/early", .internalError), (.get, "/upgrade", .notImplemented), (.head, "/", .ok),
            ]
            for (method, path, status) in statuses {
                let response = try await connection.send(Request(method, path))
                #expect(response.status == status)
                let length = try await response.text().utf8.count
                #expect(method == .head ? length == 0 && response.headers["content-length"] == "7" : (length > 0) == (status != .noContent))
            }
        }
    }
}
