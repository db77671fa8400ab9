import Roost
import Synchronization
import Testing

@testable import RoostHTTP

/// The client's connection, with a server that the test controls.
@Suite(.timeLimit(.minutes(5))) struct HTTP2ConnectionTests {
    private func scripted(
        _ settings: [(Int, Int)] = [], _ configuration: HTTP2Connection.Configuration = .init(),
        _ body: (HTTP2Connection, RawHTTP2) async throws -> Void
    ) async throws {
        let server = try await WireServer.start()
        var configuration = configuration
        configuration.connectTimeout = .seconds(60)
        async let opening = HTTP2Connection.open(to: server.address, configuration)
        let wire = try #require(await server.accept())
        let peer = try await RawHTTP2.accept(wire, settings)
        let connection = try await opening
        try await body(connection, peer)
        connection.close(gracefully: false)
        try await server.stop()
    }

    private func failure(of call: Task<Response, any Error>) async -> TransportError? {
        do {
            _ = try await call.value
            return nil
        } catch { return error as? TransportError }
    }

    private func call(_ connection: HTTP2Connection, _ request: Request = Request(.get, "/"), deadline: ContinuousClock.Instant? = nil)
        -> Task<Response, any Error>
    {
        Task { try await connection.send(request, deadline: deadline) }
    }

    private static let ok = [(":status", "200")]

    @Test func callsThatTheServerHasNotSeenMayBeRepeated() async throws {
        try await scripted { connection, peer in
            let calls = [call(connection)]
            _ = try await peer.next { $0.kind == .headers }
            let (second, third) = (call(connection), call(connection))
            _ = try await peer.next { $0.kind == .headers }
            _ = try await peer.next { $0.kind == .headers }
            try await peer.send(RawFrame(kind: .goAway, payload: RawFrame.number(1, 4) + RawFrame.number(0, 4)))
            for late in [second, third] { #expect(await failure(of: late)?.progress == .notSent) }
            #expect(!connection.isUsable && connection.activeStreams == 1)
            #expect(await failure(of: call(connection))?.progress == .notSent)
            try await peer.send(.headers(1, Self.ok))
            #expect(try await calls[0].value.status == .ok)
            #expect(try await peer.rest().isEmpty)
        }
    }

    @Test func aResetTellsHowFarTheCallCame() async throws {
        try await scripted { connection, peer in
            for (number, code) in [(1, RawCode.refused), (3, RawCode.cancel)] {
                let made = call(connection)
                _ = try await peer.next { $0.kind == .headers }
                try await peer.send(.reset(number, code))
                let failure = await failure(of: made)
                #expect(failure?.progress == (code == RawCode.refused ? .notSent : .unanswered))
                #expect(failure?.frameCode == UInt32(code))
            }
            let begun = call(connection)
            _ = try await peer.next { $0.kind == .headers }
            try await peer.send(.headers(5, Self.ok, ends: false))
            let response = try await begun.value
            try await peer.send(.reset(5, RawCode.cancel))
            await #expect(throws: Problem.self) { try await response.text() }
            #expect(connection.isUsable && connection.activeStreams == 0)
        }
    }

    /// Some servers ping with each response to measure the connection (grpc-go), or reset streams that they have answered before they
    /// received their end.
    @Test func aServerMayPingAndResetWithEachResponse() async throws {
        try await scripted { connection, peer in
            for number in 0..<1100 {
                let made = call(connection)
                _ = try await peer.next { $0.kind == .headers }
                try await peer.send(.headers(2 * number + 1, Self.ok), .reset(2 * number + 1, RawCode.none), .ping())
                #expect(try await made.value.status == .ok)
            }
            #expect(connection.isUsable)
        }
    }

    @Test func whoIsCancelledOrReadsNoFurtherTellsTheServer() async throws {
        try await scripted { connection, peer in
            let cancelled = call(connection)
            _ = try await peer.next { $0.kind == .headers }
            cancelled.cancel()
            #expect(await failure(of: cancelled)?.cause is CancellationError)
            let reset = try await peer.next { $0.kind == .reset }
            #expect(reset?.stream == 1 && reset?.code == RawCode.cancel)

            // The response was released, so nobody can continue to read it.
            let begun = Task { _ = try await connection.send(Request(.get, "/")) }
            _ = try await peer.next { $0.kind == .headers }
            try await peer.send(.headers(3, Self.ok, ends: false), .data(3, [1]))
            try await begun.value
            #expect(try await peer.next { $0.kind == .reset }?.stream == 3)

            let late = call(connection, deadline: .now + .milliseconds(20))
            #expect((await failure(of: late)?.cause as? Problem)?.status == .gatewayTimeout)
            #expect(try await peer.next { $0.kind == .reset }?.stream == 5)

            let never = Task {
                withUnsafeCurrentTask { $0?.cancel() }
                return try await connection.send(Request(.get, "/"))
            }
            #expect(await failure(of: never)?.progress == .notSent)
            #expect(connection.activeStreams == 0)
        }
    }

    @Test(arguments: [0, 1]) func aCallThatWaitsBeginsWhenTheServerTakesMore(limit: Int) async throws {
        try await scripted([(3, limit)]) { connection, peer in
            async let first = connection.send(Request(.get, "/1"))
            if limit > 0 { _ = try await peer.next { $0.kind == .headers } }
            async let second = connection.send(Request(.get, "/2"))
            try await peer.send(.settings([(3, 2)]))
            for number in [1, 3] {
                if limit == 0 || number == 3 { _ = try await peer.next { $0.kind == .headers } }
                try await peer.send(.headers(number, Self.ok))
            }
            #expect(try await first.status == .ok)
            #expect(try await second.status == .ok)
        }
    }

    @Test func theServersLimitOfStreamsIsKept() async throws {
        try await scripted([(3, 1)]) { connection, peer in
            #expect(connection.maxStreams == 1)
            let first = call(connection)
            _ = try await peer.next { $0.kind == .headers }
            let second = call(connection)
            let given = call(connection)
            given.cancel()
            #expect(await failure(of: given)?.cause is CancellationError)
            try await peer.send(.headers(1, Self.ok))
            #expect(try await first.value.status == .ok)
            #expect(try await peer.next { $0.kind == .headers }?.stream == 3)
            try await peer.send(.headers(3, Self.ok))
            #expect(try await second.value.status == .ok)
        }
    }

    @Test func aRequestsBodyWaitsForTheServersWindow() async throws {
        try await scripted([(4, 10)]) { connection, peer in
            let made = Counter()
            let body = pieces(100, of: 10_000) { _ in Task { await made.next() } }
            let sent = call(connection, Request(.post, "/", body: .stream(body, length: nil)))
            #expect(try await peer.next { $0.kind == .data }?.payload.count == 10)
            // Some pieces are waiting to be sent, and the next one is not produced yet.
            #expect(await made.value <= 9)
            try await peer.send(.windowUpdate(1, 2_000_000), .windowUpdate(0, 2_000_000))
            var count = 10
            while let frame = try await peer.next(where: { $0.kind == .data }) {
                count += frame.payload.count
                if frame.endsStream { break }
            }
            #expect(count == 1_000_000)
            try await peer.send(.headers(1, Self.ok))
            #expect(try await sent.value.status == .ok)
        }
    }

    @Test func aBodyOfAnotherLengthThanAnnouncedIsNotSent() async throws {
        try await scripted { connection, peer in
            for (number, length) in [(1, 100), (3, 5)] {
                let sent = call(connection, Request(.post, "/", body: .stream(pieces(2, of: 8), length: length)))
                #expect(await failure(of: sent)?.code == .invalidContent)
                let reset = try await peer.next { $0.kind == .reset }
                #expect(reset?.stream == number)
            }
        }
    }

    @Test func aResponseThatBreaksTheRulesIsNone() async throws {
        try await scripted { connection, peer in
            let answers: [[(String, String)]] = [
                [("x", "1")], [(":status", "abc")], Self.ok + [("Upper", "1")], Self.ok + Self.ok, Self.ok + [("connection", "close")],
                [("x", "1")] + Self.ok, Self.ok + [(":path", "/")], Self.ok + [("x", "a\rb")],
            ]
            for (index, fields) in answers.enumerated() {
                let made = call(connection)
                _ = try await peer.next { $0.kind == .headers }
                try await peer.send(.headers(2 * index + 1, fields))
                #expect((await failure(of: made)?.cause as? Problem)?.status == .badGateway)
            }
            let hinted = call(connection)
            _ = try await peer.next { $0.kind == .headers }
            try await peer.send(.headers(17, [(":status", "103")], ends: false), .headers(17, Self.ok))
            #expect(try await hinted.value.status == .ok)

            let trailed = call(connection)
            _ = try await peer.next { $0.kind == .headers }
            try await peer.send(.headers(19, Self.ok, ends: false), .data(19, [1]), .headers(19, Self.ok))
            await #expect(throws: (any Error).self) { try await trailed.value.text() }
        }
    }

    @Test func aConnectionThatEndsFailsItsCalls() async throws {
        try await scripted { connection, peer in
            let closed = Latch()
            connection.onClose { closed.open() }
            let made = call(connection)
            _ = try await peer.next { $0.kind == .headers }
            try await peer.wire.close()
            #expect(await failure(of: made)?.progress == .unanswered)
            await closed.wait()
            #expect(!connection.isUsable)
            #expect(await failure(of: call(connection))?.progress == .notSent)
        }
    }

    @Test func aServerThatFallsSilentIsAskedAndLeft() async throws {
        var configuration = HTTP2Connection.Configuration()
        configuration.keepaliveInterval = .milliseconds(50)
        configuration.keepaliveTimeout = .milliseconds(50)
        try await scripted([], configuration) { connection, peer in
            let made = call(connection)
            _ = try #require(try await peer.next { $0.kind == .ping && $0.flags == 0 })
            #expect(await failure(of: made)?.progress == .unanswered)
        }
    }

    @Test func closingLetsCallsUnderWayEnd() async throws {
        try await scripted { connection, peer in
            let made = call(connection)
            _ = try await peer.next { $0.kind == .headers }
            connection.close()
            #expect(!connection.isUsable)
            try await peer.send(.headers(1, Self.ok))
            #expect(try await made.value.status == .ok)
            #expect(try await peer.rest().isEmpty)
        }
    }

    @Test func aServerOfHTTP1IsNone() async throws {
        let server = try await WireServer.start()
        let opening = Task { try await HTTP2Connection.open(to: server.address) }
        let wire = try #require(await server.accept())
        try await wire.send("HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n")
        await #expect(throws: Problem.self) { try await opening.value }
        try await server.stop()
        await #expect(throws: Problem.self) { try await HTTP2Connection.open(to: server.address) }
    }

    /// A streamed response is produced only as fast as it is read.
    @Test func aResponseWaitsForItsReader() async throws {
        let made = Mutex(0)
        let responder: Responder = { _, _ in
            Response(body: .stream(pieces(400, of: 10_000) { number in made.withLock { $0 = number } }, length: nil))
        }
        try await connected(by: responder) { connection, _ in
            let response = try await connection.send(Request(.get, "/"))
            guard case .stream(let stream, _) = response.body else { throw Problem(.badGateway, "no stream") }
            // Another response arrives on the same connection meanwhile.
            let other = try await connection.send(Request(.get, "/"))
            #expect(made.withLock { $0 } < 200)
            var count = 0
            for try await piece in stream { count += piece.count }
            #expect(count == 4_000_000)
            #expect(try await other.text().utf8.count == 4_000_000)
        }
    }
}
