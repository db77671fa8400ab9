import Roost
import RoostHTTP
import Testing

@testable import RoostGateway

/// Live routes through the gateway, from a real client to a real service.
@Suite(.timeLimit(.minutes(5))) struct TunnelTests {
    private static let live = Route("things.live", .get, "/live", streaming: [.reply])

    /// Runs `test` against a gateway in front of a service.
    private func serving(
        _ responder: @escaping Responder, timeout: Duration = .seconds(30),
        _ test: (PooledHTTPClient, HTTPAddress, HTTPServer) async throws -> Void
    ) async throws {
        let service = try await HTTPServer.start(.init(port: 0), responder: responder)
        let client = PooledHTTPClient()
        let proxy = ReverseProxy(to: "things", at: HTTPAddress(host: "127.0.0.1", port: service.port), by: client)
        let upstream = Upstream("things", routes: [Self.live], respond: proxy.respond)
        let gateway = try await HTTPServer.start(
            .init(port: 0), responder: Gateway(timeout: timeout).responder(to: [upstream]))
        let result: Result<Void, any Error>
        do {
            result = .success(try await test(client, HTTPAddress(host: "127.0.0.1", port: gateway.port), gateway))
        } catch { result = .failure(error) }
        await gateway.stop(within: .zero)
        client.shutdown()
        await service.stop(within: .zero)
        try result.get()
    }

    private func socket(_ run: @escaping @Sendable (any WebSocket) async throws -> Void) -> Responder {
        { request, _ in
            var response = Response(.switchingProtocols)
            response.upgrade = .webSocket(subprotocol: request.offeredSubprotocols.first, run: run)
            return response
        }
    }

    @Test func aSocketsMessagesPassBothWays() async throws {
        let echo = socket { socket in while let message = try await socket.receive() { try await socket.send(message) } }
        try await serving(echo) { client, address, _ in
            var limits = WebSocketLimits()
            limits.closeTimeout = .seconds(50)
            let socket = try await client.webSocket("/live", at: address, subprotocols: ["roost"], limits: limits)
            #expect(socket.subprotocol == "roost")
            let long = String(repeating: "0123456789", count: 90_000)
            for text in ["Hello", long, ""] {
                try await socket.send(.text(text))
                #expect(try await socket.receive() == .text(text))
            }
            try await socket.close(4001, "enough")
            #expect(await socket.closed() == WebSocketClosure(4001, "enough"))
        }
    }

    @Test func whatTheServiceSentLastArrives() async throws {
        let talker = socket { socket in for number in 0..<2000 { try await socket.send(.text("\(number)")) } }
        try await serving(talker) { client, address, _ in
            let socket = try await client.webSocket("/live", at: address)
            for number in 0..<2000 { #expect(try await socket.receive() == .text("\(number)")) }
            #expect(try await socket.receive() == nil)
            #expect(await socket.closed() == WebSocketClosure(1000))
        }
    }

    @Test func aRefusalPassesAsItIs() async throws {
        let refusing: Responder = { _, _ in throw Problem(.notFound, "There is no such thing.") }
        try await serving(refusing) { client, address, _ in
            await #expect { try await client.webSocket("/live", at: address) } throws: {
                ($0 as? Problem)?.status == .notFound && ($0 as? Problem)?.detail == "There is no such thing."
            }
        }
        let plain: Responder = { _, _ in Response(.upgradeRequired, headers: ["upgrade": "websocket"]) }
        try await serving(plain) { client, address, _ in
            let response = try await client.send(Request(.get, "/live"), to: address)
            #expect(response.status == .upgradeRequired && response.headers["upgrade"] == "websocket")
        }
    }

    @Test func noOtherProtocolIsLetThrough() async throws {
        let seen: Responder = { request, _ in .text(request.headers["upgrade"] ?? "none") }
        try await serving(seen) { client, address, _ in
            let answer = try await client.upgrade(Request(.get, "/live", headers: ["upgrade": "h2c"]), to: address)
            guard case .refused(let response) = answer else { return #expect(Bool(false), "was switched") }
            #expect(String(decoding: try await response.body.collect(upTo: 100), as: UTF8.self) == "none")
        }
    }

    @Test func theStopOfTheGatewayClosesBothSides() async throws {
        let (ends, end) = AsyncStream.makeStream(of: UInt16?.self)
        let echo = socket { socket in
            while let message = try await socket.receive() { try await socket.send(message) }
            end.yield(await (socket as? WebSocketConnection)?.closed().code)
        }
        try await serving(echo) { client, address, gateway in
            let socket = try await client.webSocket("/live", at: address)
            try await socket.send(.text("hello"))
            #expect(try await socket.receive() == .text("hello"))
            async let stopped: Void = gateway.stop(within: .seconds(50))
            #expect(await socket.closed().code == 1001)
            #expect(await ends.first { _ in true } == 1001)
            await stopped
        }
    }

    @Test func aLiveResponseOutlastsTheTimeLimit() async throws {
        let (ticks, tick) = AsyncStream.makeStream(of: Void.self)
        let events: Responder = { _, _ in
            let pieces = MessageStream<[UInt8]>(unfolding: {
                for await _ in ticks { return Array("data: 1\n\n".utf8) }
                return nil
            })
            var response = Response(headers: ["content-type": "text/event-stream"], body: .stream(pieces, length: nil))
            response.isLive = true
            return response
        }
        // Real time is the subject: the limit passes while the answer is under way, and is long enough for it to begin on a busy machine.
        let limit = Duration.seconds(6)
        try await serving(events, timeout: limit) { client, address, _ in
            let response = try await client.send(Request(.get, "/live"), to: address)
            guard case .stream(let pieces, _) = response.body else { return #expect(Bool(false), "no stream") }
            var iterator = pieces.makeAsyncIterator()
            for pause in [.zero, limit, .zero] {
                try await Task.sleep(for: pause)
                tick.yield()
                // Each event is there before the next is made, so nothing on the way gathers them.
                #expect(try await iterator.next() == Array("data: 1\n\n".utf8))
            }
            tick.finish()
            #expect(try await iterator.next() == nil)
        }
    }

    @Test func manyLiveResponsesLeaveRoomForOtherRequests() async throws {
        let (ends, end) = AsyncStream.makeStream(of: Void.self)
        let events: Responder = { request, _ in
            guard request.headers["accept"] == "text/event-stream" else { return .text("plain") }
            let pieces = MessageStream<[UInt8]>(unfolding: {
                for await _ in ends {}
                return nil
            })
            var response = Response(headers: ["content-type": "text/event-stream"], body: .stream(pieces, length: nil))
            response.isLive = true
            return response
        }
        try await serving(events) { client, address, _ in
            var answers: [Response] = []
            for _ in 0..<80 {
                answers.append(try await client.send(Request(.get, "/live", headers: ["accept": "text/event-stream"]), to: address))
            }
            #expect(try await client.send(Request(.get, "/live"), to: address, deadline: .now + .seconds(20)).status == .ok)
            end.finish()
            withExtendedLifetime(answers) {}
        }
    }

    @Test func aLiveAnswerThatDoesNotBeginInTimeIsA504() async throws {
        let never: Responder = { _, _ in
            // Longer than the test: it ends only by being cancelled.
            try await Task.sleep(for: .seconds(3600))
            return Response()
        }
        try await serving(never, timeout: .milliseconds(50)) { client, address, _ in
            let response = try await client.send(Request(.get, "/live"), to: address)
            #expect(response.status == .gatewayTimeout)
        }
    }
}
