import Roost
import RoostTesting
import Testing

@testable import RoostHTTP

/// Random frames, and valid exchanges that are corrupted: nothing crashes, nothing hangs, and others are served meanwhile.
@Suite(.timeLimit(.minutes(5))) struct HTTP2FuzzTests {
    static let exchanges: [[RawFrame]] = [
        [.request(1), .request(3, "HEAD", "/a?b"), .ping()],
        [.request(1, "POST", "/", [("content-length", "3")], ends: false), .data(1, [1, 2, 3], ends: true)],
        [.request(1, "POST", ends: false), .data(1, [1]), .data(1, [], ends: true), .windowUpdate(0, 100), .windowUpdate(1, 100)],
        [.request(1, "POST", ends: false), .data(1, [1]), .headers(1, [("x-sum", "1")])],
        [
            .request(1, "GET", "/stream"), .reset(1), .request(3, "GET", "/stream"), .settings([(4, 10), (5, 20_000)]),
            .windowUpdate(3, 1000),
        ],
        [
            .request(1, "POST", "/slow", ends: false), .data(1, [1, 2]), .request(3),
            RawFrame(kind: .priority, stream: 1, payload: [0, 0, 0, 0, 7]),
        ],
        [.settings([(1, 0), (2, 0), (3, 5), (6, 100)]), .request(1), RawFrame(kind: .goAway, payload: [UInt8](repeating: 0, count: 8))],
        [
            RawFrame(kind: .headers, flags: RawFrame.endStream, stream: 1, payload: Array(RawFrame.request(1).payload.prefix(9))),
            RawFrame(kind: .continuation, flags: RawFrame.endHeaders, stream: 1, payload: Array(RawFrame.request(1).payload.dropFirst(9))),
        ],
    ]

    static let words: [[UInt8]] =
        exchanges.flatMap { $0.map(\.bytes) } + [
            RawFrame.number(0x7FFF_FFFF, 4), RawFrame.number(0xFFFF_FFFF, 4), [0, 0, 0], [0xFF], [0x80], [0x3F, 0xE1, 0x1F], [0x82], [0xBE],
            [0x40], [0x20],
            RawFrame.number(1, 4), RawFrame.number(2, 4),
        ]

    static func frames(_ random: inout FuzzRandom) -> [UInt8] {
        var bytes: [UInt8] = []
        for _ in 0..<(1 + random.below(12)) {
            let kind = RawFrame.Kind(rawValue: UInt8(random.below(10))) ?? .ping
            let payload = (0..<random.below(random.below(8) == 0 ? 300 : 14)).map { _ in UInt8(truncatingIfNeeded: random.next()) }
            let flags = random.pick([0, 1, 4, 5, 8, 0x20, UInt8(truncatingIfNeeded: random.next())])
            bytes += RawFrame(kind: kind, flags: flags, stream: random.below(3) == 0 ? random.below(8) : 1, payload: payload).bytes
        }
        return bytes
    }

    static func input(_ random: inout FuzzRandom) -> [UInt8] {
        if random.below(4) == 0 { return frames(&random) }
        return random.mutate(random.pick(exchanges).flatMap(\.bytes), words: words)
    }

    private static let responder: Responder = { request, _ in
        switch request.path {
        case "/stream": return Response(body: .stream(pieces(20, of: 1000), length: nil))
        case "/slow":
            // So that frames, and the end of the connection, arrive while it is being answered.
            try await Task.sleep(for: .milliseconds(1))
            return .text("slow")
        default: return .text("\(try await request.body.collect(upTo: 1 << 20).count)")
        }
    }

    @Test(arguments: 0..<4) func aServerOutlivesWhatItIsSent(seed: Int) async throws {
        var random = FuzzRandom(seed: UInt64(seed))
        try await connected(by: Self.responder) { good, server in
            for number in 0..<250 {
                let raw = RawHTTP2(try await Wire.connect(server.port))
                let start = Array(ProtocolChoice.preface.readableBytesView) + RawFrame.settings().bytes
                // Sent at once, or with the server's answer in between.
                try? await raw.wire.send(random.below(2) == 0 ? start + Self.input(&random) : start)
                try? await raw.wire.send(Self.input(&random))
                try? await raw.wire.close()
                guard number % 50 == 0 else { continue }
                #expect(try await good.send(Request(.get, "/")).text() == "0")
            }
            good.close()
            // Each connection is released, and each handler ends.
            await server.stop(within: .seconds(20))
            try await eventually("no connection is open") { server.isEmpty }
        }
    }

    @Test(arguments: 0..<2) func aClientOutlivesWhatItIsSent(seed: Int) async throws {
        var random = FuzzRandom(seed: UInt64(seed) + 100)
        let server = try await WireServer.start()
        var limits = HTTP2Connection.Configuration()
        limits.connectTimeout = .seconds(60)
        let configuration = limits
        let answers: [[RawFrame]] = [
            [.headers(1, [(":status", "200")], ends: false), .data(1, [1, 2, 3], ends: true), .headers(3, [(":status", "404")])],
            [.headers(1, [(":status", "200")], ends: false), .data(1, [1]), .headers(1, [("grpc-status", "0")]), .reset(3)],
        ]
        for _ in 0..<150 {
            async let opening = HTTP2Connection.open(to: server.address, configuration)
            let wire = try #require(await server.accept())
            let peer = try await RawHTTP2.accept(wire)
            let connection = try await opening
            let calls = (0..<2).map { _ in
                Task { try await connection.send(Request(.post, "/", body: .text("body"))).body.collect(upTo: 1000) }
            }
            let input =
                random.below(3) == 0 ? Self.frames(&random) : random.mutate(random.pick(answers).flatMap(\.bytes), words: Self.words)
            _ = try await peer.next { $0.kind == .data }
            try? await peer.wire.send(input)
            try? await peer.wire.close()
            // Whatever was received, each call ends.
            for call in calls { _ = await call.result }
            #expect(connection.activeStreams == 0)
        }
        try await server.stop()
    }
}
