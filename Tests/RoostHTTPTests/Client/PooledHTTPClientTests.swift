import Roost
import Testing

@testable import RoostHTTP

@Suite(.timeLimit(.minutes(5))) struct PooledHTTPClientTests {
    private func text(_ response: Response) async throws -> String {
        String(decoding: try await response.body.collect(upTo: 64 << 20), as: UTF8.self)
    }

    private func status(_ body: () async throws -> Void) async throws -> Int {
        do {
            try await body()
            return 0
        } catch let problem as Problem {
            return problem.status.code
        }
    }

    @Test func asksAndIsAnswered() async throws {
        try await serving(by: echo) { server in
            let client = PooledHTTPClient()
            defer { client.shutdown() }
            let request = Request(.post, "/a", query: "b=c", body: .text("hello"))
            let response = try await client.send(request, to: server.address)
            #expect(response.status == .ok)
            #expect(try await text(response) == "POST /a?b=c hello")
        }
    }

    @Test func streamsBothWays() async throws {
        try await serving(by: { request, _ in Response(body: request.body) }) { server in
            let client = PooledHTTPClient()
            defer { client.shutdown() }
            for length in [nil, 300 * 5000] {
                let request = Request(.put, "/", body: .stream(pieces(300, of: 5000), length: length))
                let response = try await client.send(request, to: server.address)
                #expect(response.body.length == length)
                #expect(try await text(response).utf8.count == 300 * 5000)
            }
        }
    }

    @Test func headResponsesHaveNoBody() async throws {
        try await serving(by: echo) { server in
            let client = PooledHTTPClient()
            defer { client.shutdown() }
            let response = try await client.send(Request(.head, "/a"), to: server.address)
            #expect(response.headers["content-length"] == "8")
            #expect(try await text(response) == "")
            #expect(try await text(client.send(Request(.get, "/b"), to: server.address)) == "GET /b ")
        }
    }

    @Test func aConnectionIsUsedAgain() async throws {
        let server = try await WireServer.start()
        let client = PooledHTTPClient()
        defer { client.shutdown() }
        async let first = client.send(Request(.get, "/1"), to: server.address)
        let wire = try #require(await server.accept())
        _ = try await wire.read(until: "\r\n\r\n")
        try await wire.send("HTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\n1")
        #expect(try await text(first) == "1")
        async let second = client.send(Request(.get, "/2"), to: server.address)
        #expect(try await wire.read(until: "\r\n\r\n").hasPrefix("GET /2 HTTP/1.1\r\nhost: \(server.address)\r\n"))
        try await wire.send("HTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\n2")
        #expect(try await text(second) == "2")
        try await server.stop()
    }

    /// Answers one request on a connection, takes a second one and closes without a word.
    private func leaving(_ request: Request, then third: (WireServer) async throws -> Void) async throws -> Result<Response, any Error> {
        let server = try await WireServer.start()
        let client = PooledHTTPClient()
        defer { client.shutdown() }
        async let first = client.send(Request(.get, "/1"), to: server.address)
        let wire = try #require(await server.accept())
        _ = try await wire.read(until: "\r\n\r\n")
        try await wire.send("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")
        _ = try await first
        async let second = Result { () async throws in try await client.send(request, to: server.address) }
        _ = try await wire.read(until: "\r\n\r\n")
        try await wire.close()
        try await third(server)
        let result = await second
        try await server.stop()
        return result
    }

    @Test func anIdempotentRequestIsRepeatedOnAFreshConnection() async throws {
        let result = try await leaving(Request(.get, "/2")) { server in
            let wire = try #require(await server.accept())
            #expect(try await wire.read(until: "\r\n\r\n").hasPrefix("GET /2 "))
            try await wire.send("HTTP/1.1 204 No Content\r\n\r\n")
        }
        #expect(try result.get().status == .noContent)
    }

    @Test func onePostIsNeverMadeTwo() async throws {
        let result = try await leaving(Request(.post, "/2", body: .text("x"))) { _ in }
        #expect(throws: Problem.self) { try result.get() }
    }

    @Test func aRefusedConnectionIsUnavailable() async throws {
        let server = try await WireServer.start()
        try await server.stop()
        let client = PooledHTTPClient()
        defer { client.shutdown() }
        #expect(try await status { _ = try await client.send(Request(.get, "/"), to: server.address) } == 503)
    }

    @Test(arguments: [
        ("", 503), ("HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nab", 502), ("HTTP/1.1 20", 502), ("nonsense\r\n\r\n", 502),
        ("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nab", 502),
        ("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n", 502),
        ("HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n", 502),
    ])
    func aBrokenResponseIsAProblem(answer: String, expected: Int) async throws {
        let server = try await WireServer.start()
        let client = PooledHTTPClient()
        defer { client.shutdown() }
        async let got = status { _ = try await text(client.send(Request(.get, "/"), to: server.address)) }
        let wire = try #require(await server.accept())
        _ = try await wire.read(until: "\r\n\r\n")
        if !answer.isEmpty { try await wire.send(answer) }
        // It may have closed by itself already, at what it could not read.
        try? await wire.close()
        #expect(try await got == expected)
        try await server.stop()
    }

    @Test func theDeadlineEndsTheWaitAndTheBody() async throws {
        let server = try await WireServer.start()
        let client = PooledHTTPClient()
        defer { client.shutdown() }
        async let silent = status {
            _ = try await client.send(Request(.get, "/"), to: server.address, deadline: .now + .milliseconds(30))
        }
        _ = await server.accept()
        #expect(try await silent == 504)
        async let stuck = status {
            _ = try await text(client.send(Request(.get, "/"), to: server.address, deadline: .now + .seconds(3)))
        }
        let wire = try #require(await server.accept())
        // The client may have given up already.
        _ = try? await wire.read(until: "\r\n\r\n")
        try? await wire.send("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\na\r\n")
        #expect(try await stuck == 504)
        try await server.stop()
    }

    @Test func cancellingClosesTheConnection() async throws {
        let server = try await WireServer.start()
        let client = PooledHTTPClient()
        defer { client.shutdown() }
        let task = Task { try await client.send(Request(.get, "/"), to: server.address) }
        let wire = try #require(await server.accept())
        _ = try await wire.read(until: "\r\n\r\n")
        task.cancel()
        #expect(try await wire.readToEnd() == "")
        await #expect(throws: CancellationError.self) { try await task.value }
        try await server.stop()
    }

    @Test func aCancelledTaskSendsNothing() async throws {
        try await serving(by: echo) { server in
            let client = PooledHTTPClient()
            defer { client.shutdown() }
            let task = Task {
                withUnsafeCurrentTask { $0?.cancel() }
                return try await client.exchange(Request(.get, "/"), with: server.address, deadline: nil)
            }
            let error = await #expect(throws: TransportError.self) { try await task.value }
            #expect(error?.progress == .notSent && error?.cause is CancellationError)
        }
    }

    @Test func aTaskThatIsCancelledWhenItHasAConnectionSendsNothingAndGivesItBack() async throws {
        let server = try await WireServer.start()
        let client = PooledHTTPClient()
        defer { client.shutdown() }
        let limit = ContinuousClock.now + .seconds(3600)
        let connection = try await client.pool.lease(server.address, by: limit, isFresh: false)
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return try await connection.exchange(Request(.get, "/"), ExchangeTiming(deadline: nil, headBy: limit))
        }
        let error = await #expect(throws: TransportError.self) { try await task.value }
        #expect(error?.progress == .notSent && error?.cause is CancellationError)
        // The next request is the first on the connection.
        let next = Task { try await client.send(Request(.get, "/next"), to: server.address).status }
        let wire = try #require(await server.accept())
        #expect(try await wire.read(until: "\r\n\r\n").hasPrefix("GET /next "))
        try await wire.send("HTTP/1.1 204 No Content\r\n\r\n")
        #expect(try await next.value == .noContent)
        try await server.stop()
    }

    /// The cancellation may come while the event loop has yet to begin the exchange.
    @Test func aCancellationAtAnyMomentEndsTheExchange() async throws {
        let server = try await WireServer.start()
        let client = PooledHTTPClient()
        defer { client.shutdown() }
        let limit = ContinuousClock.now + .seconds(3600)
        for moment in 0..<200 {
            let task = Task { try await client.exchange(Request(.get, "/"), with: server.address, deadline: limit) }
            for _ in 0..<moment { await Task.yield() }
            task.cancel()
            let error = await #expect(throws: TransportError.self) { try await task.value }
            #expect(error?.cause is CancellationError)
        }
        try await server.stop()
    }

    @Test func givingABodyUpClosesTheConnection() async throws {
        let server = try await WireServer.start()
        let client = PooledHTTPClient()
        defer { client.shutdown() }
        let ask = Task { try await client.send(Request(.get, "/"), to: server.address).status }
        let wire = try #require(await server.accept())
        _ = try await wire.read(until: "\r\n\r\n")
        try await wire.send("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\na\r\n")
        #expect(try await ask.value == .ok)
        #expect(try await wire.readToEnd() == "")
        try await server.stop()
    }

    /// It is full by what this side asks for: the breaker that others share must not open for it.
    @Test func aFullQueueIsNotTheServersFault() async throws {
        var configuration = PooledHTTPClient.Configuration()
        configuration.connections = 1
        configuration.waiters = 0
        let client = PooledHTTPClient(configuration)
        defer { client.shutdown() }
        let (begun, release) = (Latch(), Latch())
        let responder: Responder = { _, _ in
            begun.open()
            await release.wait()
            return .text("ok")
        }
        try await serving(by: responder) { server in
            let first = Task { try await client.send(Request(.get, "/"), to: server.address).status }
            await begun.wait()
            do throws(TransportError) {
                _ = try await client.exchange(Request(.get, "/"), with: server.address, deadline: nil, isAlone: false)
                Issue.record("The queue has room.")
            } catch {
                #expect(error.progress == .notSent && !error.isCalleesFault && (error.cause as? Problem)?.status == .unavailable)
            }
            release.open()
            let status = try await first.value
            #expect(status == .ok)
        }
    }

    @Test func connectionsAndWaitersAreBounded() async throws {
        var configuration = PooledHTTPClient.Configuration()
        configuration.connections = 2
        configuration.waiters = 1
        configuration.connectTimeout = .seconds(30)
        let client = PooledHTTPClient(configuration)
        defer { client.shutdown() }
        let release = Latch()
        let responder: Responder = { _, _ in
            await release.wait()
            return .text("ok")
        }
        try await serving(by: responder) { server in
            let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<5 {
                    group.addTask {
                        do { return try await client.send(Request(.get, "/"), to: server.address).status.code } catch let problem as Problem
                        {
                            return problem.status.code
                        }
                    }
                }
                // Two hold a connection and one waits, so two are refused before any is answered.
                var statuses = [try await group.next(), try await group.next()]
                release.open()
                while let status = try await group.next() { statuses.append(status) }
                return statuses
            }
            #expect(statuses == [503, 503, 200, 200, 200])
        }
    }
}

extension HTTPServer {
    var address: HTTPAddress { HTTPAddress(host: "127.0.0.1", port: port) }
}

extension Result where Failure == any Error {
    init(_ body: () async throws -> Success) async {
        do { self = .success(try await body()) } catch { self = .failure(error) }
    }
}
