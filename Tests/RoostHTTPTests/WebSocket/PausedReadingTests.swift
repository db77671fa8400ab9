import Roost
import Testing

@testable import RoostHTTP

/// Reading that was paused because a reader was slow is resumed, whatever the state of the connection is by then.
@Suite(.timeLimit(.minutes(5))) struct PausedReadingTests {
    private static let handshake =
        "GET / HTTP/1.1\r\nhost: a\r\nconnection: upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\n"
        + "sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"

    @Test func whatCameBeforeTheUpgradeIsNotAllThatComes() async throws {
        let gate = Latch()
        let (counts, count) = AsyncStream.makeStream(of: Int.self)
        let responder: Responder = { _, _ in
            await gate.wait()
            var response = Response(.switchingProtocols)
            response.upgrade = .webSocket(subprotocol: nil) { socket in
                var messages = 0
                while try await socket.receive() != nil { messages += 1 }
                count.yield(messages)
            }
            return response
        }
        try await serving(by: responder) { server in
            let wire = try await Wire.connect(server.port)
            let message = Frames.frame(2, [UInt8](repeating: 1, count: 10_000))
            try await wire.send(Array(Self.handshake.utf8) + (0..<100).flatMap { _ in message } + Frames.close(1000))
            gate.open()
            #expect(await counts.first { _ in true } == 100)
        }
    }

    @Test func aSocketThatClosesSeesTheResponseBehindWhatNobodyRead() async throws {
        let gate = Latch()
        let (codes, code) = AsyncStream.makeStream(of: UInt16.self)
        let responder: Responder = { _, _ in
            var response = Response(.switchingProtocols)
            response.upgrade = .webSocket(subprotocol: nil) { socket in
                guard let connection = socket as? WebSocketConnection else { return }
                Task { code.yield(await connection.closed().code) }
                await gate.wait()
            }
            return response
        }
        // What the client sent until it stands still is read before its close frame.
        var patient = HTTPLimits()
        patient.webSocket.closeTimeout = .seconds(50)
        try await serving(patient, by: responder) { server in
            let client = PooledHTTPClient()
            defer { client.shutdown() }
            // Data that compresses to almost nothing would not fill a buffer.
            var limits = patient.webSocket
            limits.compresses = false
            let socket = try await client.webSocket("/", at: HTTPAddress(host: "127.0.0.1", port: server.port), limits: limits)
            let sent = Counter()
            let sending = Task {
                while !Task.isCancelled {
                    try await socket.send(.binary([UInt8](repeating: 1, count: 64 << 10)))
                    _ = await sent.next()
                }
            }
            _ = try await standstill { await sent.value }
            gate.open()
            #expect(await socket.closed().code == 1000)
            #expect(await codes.first { _ in true } == 1000)
            sending.cancel()
        }
    }
}
