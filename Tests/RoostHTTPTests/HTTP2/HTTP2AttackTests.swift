import Roost
import Synchronization
import Testing

@testable import RoostHTTP

/// Attempts of a client to exhaust the server, none of which succeeds.
@Suite(.timeLimit(.minutes(5))) struct HTTP2AttackTests {
    /// Sends frames, and returns the code of the GOAWAY with which the server responds before it closes.
    private func goAway(_ limits: HTTPLimits = HTTPLimits(), by responder: @escaping Responder = echo, after frames: [RawFrame])
        async throws -> Int?
    {
        try await serving(limits, by: responder) { server in
            let raw = try await RawHTTP2.connect(server)
            try await raw.send(frames)
            let code = try await raw.rest().last { $0.kind == .goAway }?.code
            // Other clients are served as if nothing had happened.
            let other = try await RawHTTP2.connect(server)
            try await other.send(.request(1))
            #expect(try await other.answer(on: 1).last?.endsStream == true)
            return code
        }
    }

    @Test func streamsBeyondTheLimit() async throws {
        let mayEnd = Latch()
        let responder: Responder = { request, _ in
            if request.path == "/wait" { await mayEnd.wait() }
            return .text("done")
        }
        let frames = (0..<101).map { RawFrame.request(2 * $0 + 1, "GET", "/wait") }
        #expect(try await goAway(by: responder, after: frames) == RawCode.protocolError)
        mayEnd.open()
    }

    @Test func streamsThatAreResetAtOnce() async throws {
        let frames = (0..<2200).flatMap { [RawFrame.request(2 * $0 + 1), .reset(2 * $0 + 1)] }
        #expect(try await goAway(after: frames) == RawCode.calm)
    }

    /// A handler that does not notice that its request was cancelled still counts.
    @Test func handlersLeftBehindByResets() async throws {
        let mayEnd = Latch()
        let most = Mutex((now: 0, most: 0))
        let responder: Responder = { _, _ in
            most.withLock { $0 = ($0.now + 1, max($0.most, $0.now + 1)) }
            await Task.detached { await mayEnd.wait() }.value
            most.withLock { $0.now -= 1 }
            return .text("done")
        }
        try await serving(by: responder) { server in
            let raw = try await RawHTTP2.connect(server)
            for number in 0..<200 { try await raw.send(.request(2 * number + 1), .reset(2 * number + 1)) }
            try await raw.send(.request(401))
            let answer = try await raw.answer(on: 401)
            #expect(answer.map(\.kind) == [.reset] && answer.first?.code == RawCode.refused)
            #expect(most.withLock { $0.most } == 100)
            mayEnd.open()
        }
    }

    @Test func headersThatNeverEnd() async throws {
        let start = RawFrame(kind: .headers, flags: RawFrame.endStream, stream: 1, payload: RawFrame.field(":method", "GET"))
        let more = (0..<10).map { _ in RawFrame(kind: .continuation, stream: 1, payload: RawFrame.field("a", "b")) }
        #expect(try await goAway(after: [start] + more) == RawCode.calm)
    }

    @Test func headersThatAreTooLarge() async throws {
        let large = (0..<8).map { ("x-\($0)", String(repeating: "v", count: 15_000)) }
        #expect(try await goAway(after: [.request(1, "GET", "/", Array(large.prefix(1)))] + [.request(3, "GET", "/", large)]) != nil)
    }

    /// One large field in the dynamic table, which is then referenced repeatedly by one byte (an HPACK bomb).
    @Test func headersThatUnfold() async throws {
        var payload = RawFrame.request(1).payload
        payload += [0x40] + RawFrame.string("x-bomb") + RawFrame.string(String(repeating: "v", count: 3000))
        payload += [UInt8](repeating: 0x80 | 62, count: 10_000)
        let frame = RawFrame(kind: .headers, flags: RawFrame.endHeaders | RawFrame.endStream, stream: 1, payload: payload)
        #expect(try await goAway(after: [frame]) != nil)
    }

    @Test func pings() async throws {
        #expect(try await goAway(after: (0..<2200).map { _ in .ping() }) == RawCode.calm)
    }

    @Test func settings() async throws {
        #expect(try await goAway(after: (0..<2200).map { _ in .settings([(4, 100_000)]) }) == RawCode.calm)
    }

    @Test func emptyPiecesOfABody() async throws {
        let pieces = (0..<20).map { _ in RawFrame.data(1, []) }
        #expect(try await goAway(after: [.request(1, "POST", ends: false)] + pieces) == RawCode.calm)
    }

    @Test func windowsThatOverflow() async throws {
        #expect(try await goAway(after: [.windowUpdate(0, 0x7FFF_FFFF)]) == RawCode.flowControl)
        let mayEnd = Latch()
        let responder: Responder = { _, _ in
            await mayEnd.wait()
            return .text("done")
        }
        try await serving(by: responder) { server in
            let raw = try await RawHTTP2.connect(server)
            try await raw.send(.request(1), .windowUpdate(1, 0x7FFF_FFFF))
            #expect(try await raw.answer(on: 1).first?.code == RawCode.flowControl)
            mayEnd.open()
        }
    }

    @Test func bodiesBeyondTheWindow() async throws {
        let mayEnd = Latch()
        let responder: Responder = { request, _ in
            if request.method == .post { await mayEnd.wait() }
            return .text("done")
        }
        let piece = [UInt8](repeating: 0, count: 16_384)
        let frames = [RawFrame.request(1, "POST", ends: false)] + (0..<17).map { _ in .data(1, piece) }
        let code = try await goAway(by: responder, after: frames + [.ping(), RawFrame(kind: .settings, stream: 1)])
        #expect(code == RawCode.protocolError)
        mayEnd.open()
    }

    /// The client never opens its window: only this stream ends.
    @Test func aWindowThatStaysClosed() async throws {
        var limits = HTTPLimits()
        limits.writeTimeout = .milliseconds(150)
        let cancelled = Latch()
        let responder: Responder = { request, _ in
            guard request.path == "/large" else { return .text("") }
            let stream = AsyncThrowingStream<[UInt8], any Error> { continuation in
                continuation.onTermination = { if case .cancelled = $0 { cancelled.open() } }
                for _ in 0..<20 { continuation.yield([UInt8](repeating: 0, count: 10_000)) }
            }
            return Response(body: .stream(stream, length: nil))
        }
        try await serving(limits, by: responder) { server in
            let raw = try await RawHTTP2.connect(server, [(4, 0)])
            try await raw.send(.request(1, "GET", "/large"))
            #expect(try await raw.answer(on: 1).map(\.kind) == [.headers, .reset])
            await cancelled.wait()
            try await raw.send(.request(3))
            #expect(try await raw.answer(on: 3).last?.endsStream == true)
        }
    }

    /// Unread input is bounded: the client can send as much as the stream's window, and no more.
    @Test func aBodyThatNobodyReads() async throws {
        let mayRead = Latch()
        let read = Mutex(0)
        let responder: Responder = { request, _ in
            await mayRead.wait()
            let count = try await request.body.collect(upTo: 1 << 24).count
            read.withLock { $0 = count }
            return .text("\(count)")
        }
        try await serving(by: responder) { server in
            let raw = try await RawHTTP2.connect(server)
            let piece = [UInt8](repeating: 0, count: 16_384)
            try await raw.send([.request(1, "POST", ends: false)] + (0..<16).map { _ in .data(1, piece) } + [.ping()])
            let grants = try await raw.next { $0.kind == .ping || $0.kind == .windowUpdate && $0.stream == 1 }
            #expect(grants?.kind == .ping)
            mayRead.open()
            #expect(try await raw.next { $0.kind == .windowUpdate && $0.stream == 1 } != nil)
            try await raw.send(.data(1, [1, 2, 3], ends: true))
            #expect(try await raw.answer(on: 1).last?.endsStream == true)
            #expect(read.withLock { $0 } == 16 * 16_384 + 3)
        }
    }
}
