import Roost
import Testing

@testable import RoostHTTP

/// This toolkit's client and server with one another.
@Suite(.timeLimit(.minutes(5))) struct WebSocketTests {
    /// Runs `body` with a client and the address of a server whose sockets are answered by `run`.
    private func talking(
        _ limits: HTTPLimits = HTTPLimits(), subprotocol: String? = nil, by run: @escaping @Sendable (any WebSocket) async throws -> Void,
        _ body: (PooledHTTPClient, HTTPAddress, HTTPServer) async throws -> Void
    ) async throws {
        let responder: Responder = { _, _ in
            var response = Response(.switchingProtocols)
            response.upgrade = .webSocket(subprotocol: subprotocol, run: run)
            return response
        }
        let client = PooledHTTPClient()
        defer { client.shutdown() }
        try await serving(limits, by: responder) { server in
            try await body(client, HTTPAddress(host: "127.0.0.1", port: server.port), server)
        }
    }

    private static let echo: @Sendable (any WebSocket) async throws -> Void = { socket in
        while let message = try await socket.receive() { try await socket.send(message) }
    }

    @Test(arguments: [true, false])
    func messagesGoBothWays(compressed: Bool) async throws {
        try await talking(by: Self.echo) { client, address, _ in
            var limits = WebSocketLimits()
            (limits.compresses, limits.closeTimeout) = (compressed, .seconds(50))
            let socket = try await client.webSocket("/", at: address, limits: limits)
            let long = String(repeating: "the quick brown fox ", count: 50_000)
            for message in [.text("Hello"), .binary([0, 255]), .text(""), .text(long)] as [WebSocketMessage] {
                try await socket.send(message)
                #expect(try await socket.receive() == message)
            }
            try await socket.close()
            #expect(await socket.closed() == WebSocketClosure(1000))
        }
    }

    @Test func theServerClosesWhenItHasEnded() async throws {
        try await talking(subprotocol: "roost", by: { try await $0.send(.text("one")) }) { client, address, _ in
            let socket = try await client.webSocket("/", at: address, subprotocols: ["other", "roost"])
            #expect(socket.subprotocol == "roost")
            #expect(try await socket.receive() == .text("one"))
            #expect(try await socket.receive() == nil)
            #expect(await socket.closed() == WebSocketClosure(1000))
        }
    }

    @Test func aHandlerThatFailsCloses1011AndTellsNothing() async throws {
        struct Secret: Error {}
        try await talking(by: { _ in throw Secret() }) { client, address, _ in
            let closure = await (try client.webSocket("/", at: address)).closed()
            #expect(closure == .unexpected)
        }
    }

    @Test func aCodeAndAReasonArriveAndALongReasonIsCut() async throws {
        try await talking(by: { try await $0.close(4404, String(repeating: "ä", count: 100)) }) { client, address, _ in
            let closure = await (try client.webSocket("/", at: address)).closed()
            #expect(closure == WebSocketClosure(4404, String(repeating: "ä", count: 61)))
        }
    }

    @Test func atTheStopSocketsCloseWith1001() async throws {
        try await talking(by: Self.echo) { client, address, server in
            let socket = try await client.webSocket("/", at: address)
            async let stopped: Void = server.stop(within: .seconds(20))
            #expect(try await socket.receive() == nil)
            #expect(await socket.closed() == .goingAway)
            await stopped
        }
    }

    @Test func aReaderThatLagsSlowsItsPeer() async throws {
        let sent = Counter()
        let gate = Latch()
        try await talking(by: { socket in
            await gate.wait()
            var count = 0
            while try await socket.receive() != nil { count += 1 }
            #expect(count == 400)
        }) { client, address, _ in
            // The reader has much to read before it sees the close frame.
            var limits = WebSocketLimits()
            limits.closeTimeout = .seconds(50)
            let socket = try await client.webSocket("/", at: address, limits: limits)
            var random = SystemRandomNumberGenerator()
            let noise = (0..<(64 << 10)).map { _ in UInt8.random(in: .min ... .max, using: &random) }
            let sending = Task {
                for _ in 0..<400 {
                    try await socket.send(.binary(noise))
                    _ = await sent.next()
                }
                try await socket.close()
            }
            // 25 MiB do not fit in the sockets' buffers: the sender comes to a halt until the reader reads.
            #expect(try await standstill { await sent.value } < 400)
            gate.open()
            try await sending.value
            #expect(await socket.closed() == WebSocketClosure(1000))
        }
    }

    @Test func pagesOfOtherOriginsAreRefused() async throws {
        try await talking(by: Self.echo) { client, address, _ in
            await #expect {
                try await client.webSocket("/", at: address, headers: ["origin": "https://evil.example"])
            } throws: {
                ($0 as? Problem)?.status == .forbidden
            }
            _ = try await client.webSocket("/", at: address, headers: ["origin": "http://\(address)"])
        }
    }

    @Test func aRequestThatAsksForNoUpgradeIsTold() async throws {
        try await serving(by: echoSocket) { server in
            let answer = try await exchange("GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n", with: server)
            #expect(answer.hasPrefix("HTTP/1.1 426 ") && answer.contains("upgrade: websocket"))
            let old = try await exchange("GET / HTTP/1.0\r\nupgrade: websocket\r\nconnection: upgrade\r\n\r\n", with: server)
            #expect(old.hasPrefix("HTTP/1.1 426 "))
        }
    }

    @Test func aReceiverThatIsCancelledEnds() async throws {
        try await talking(by: Self.echo) { client, address, _ in
            let socket = try await client.webSocket("/", at: address)
            let receiving = Task { try await socket.receive() }
            receiving.cancel()
            await #expect(throws: CancellationError.self) { try await receiving.value }
            try await socket.send(.text("on"))
            #expect(try await socket.receive() == .text("on"))
        }
    }

    @Test func theHandlerIsCancelledWhenItsClientVanishes() async throws {
        let (ended, end) = AsyncStream.makeStream(of: Bool.self)
        try await talking(by: { _ in
            // Longer than the test: it ends only by being cancelled.
            try? await Task.sleep(for: .seconds(3600))
            end.yield(Task.isCancelled)
            end.finish()
        }) { client, _, server in
            let frames = try await FrameClient(server, by: client)
            try await frames.end()
            for await isCancelled in ended { #expect(isCancelled) }
        }
    }
}
