import Roost
import Synchronization
import Testing

@testable import RoostHTTP

/// A connection shared by many calls, which do not affect each other.
@Suite(.timeLimit(.minutes(5))) struct SharedConnectionTests {
    /// Responds to `/large` with more than a stream's window at once.
    private static let responder: Responder = { request, _ in
        request.path == "/large" ? Response(body: .bytes([UInt8](repeating: 7, count: 1 << 20))) : .text("small")
    }

    /// More than the connection's window is in flight to readers that do not read.
    @Test func slowReaders() async throws {
        try await connected(for: .services, by: Self.responder) { connection, _ in
            var unread: [Response] = []
            for _ in 0..<8 { unread.append(try await connection.send(Request(.get, "/large"))) }
            #expect(try await connection.send(Request(.get, "/small")).text() == "small")
            let large = try await connection.send(Request(.get, "/large")).body.collect(upTo: 1 << 21)
            #expect(large.count == 1 << 20)
            for response in unread { #expect(try await response.body.collect(upTo: 1 << 21).count == 1 << 20) }
        }
    }

    /// Data for calls that were abandoned counts for the connection's window, and must be returned to it.
    @Test func answersThatNobodyWants() async throws {
        try await connected(for: .services, by: Self.responder) { connection, _ in
            for _ in 0..<40 { _ = try await connection.send(Request(.get, "/large")) }
            let large = try await connection.send(Request(.get, "/large")).body.collect(upTo: 1 << 21)
            #expect(large.count == 1 << 20 && connection.isUsable)
        }
    }

    @Test func bodiesThatNobodyReads() async throws {
        let mayEnd = Latch()
        let responder: Responder = { request, _ in
            if request.path == "/unread" { await mayEnd.wait() }
            return .text("\(try await request.body.collect(upTo: 1 << 21).count)")
        }
        try await connected(for: .services, by: responder) { connection, _ in
            let body = Body.bytes([UInt8](repeating: 1, count: 1 << 20))
            try await withThrowingTaskGroup(of: String.self) { group in
                for _ in 0..<8 { group.addTask { try await connection.send(Request(.post, "/unread", body: body)).text() } }
                #expect(try await connection.send(Request(.post, "/read", body: body)).text() == "\(1 << 20)")
                mayEnd.open()
                for try await count in group { #expect(count == "\(1 << 20)") }
            }
        }
    }

    /// A server rejects bodies in the middle, repeatedly, and the connection continues to work.
    @Test func bodiesThatAreRefused() async throws {
        let responder: Responder = { request, _ in
            if request.path == "/refused" { return .text("no") }
            return .text("\(try await request.body.collect(upTo: 1 << 21).count)")
        }
        for callers in [Callers.services, .anyone] {
            try await connected(for: callers, by: responder) { connection, _ in
                let body = Body.bytes([UInt8](repeating: 1, count: 1 << 20))
                for _ in 0..<20 {
                    let refused = try await connection.send(Request(.post, "/refused", body: body)).text()
                    #expect(refused == "no")
                }
                let read = try await connection.send(Request(.post, "/read", body: body)).text()
                #expect(read == "\(1 << 20)")
            }
        }
    }

    @Test func callsThatAreGivenUpAtOnce() async throws {
        try await serving(for: .services, by: echo) { server in
            let raw = try await RawHTTP2.connect(server)
            for start in stride(from: 0, to: 1500, by: 100) {
                try await raw.send((start..<start + 100).flatMap { [RawFrame.request(2 * $0 + 1), .reset(2 * $0 + 1)] })
            }
            try await raw.send(.request(3001, "GET", "/mine"))
            #expect(try await raw.answer(on: 3001).text == "GET /mine ")
        }
    }

    /// Responses to hundreds of abandoned calls arrive at once.
    @Test func answersThatCrossResets() async throws {
        let server = try await WireServer.start()
        let opening = Task { try await HTTP2Connection.open(to: server.address, .patient) }
        let raw = try await RawHTTP2.accept(try #require(await server.accept()), [(3, 10_000)])
        let connection = try await opening.value
        let count = 400
        let calls = (0..<count).map { _ in Task { try? await connection.send(Request(.get, "/")) } }
        var seen: [Int] = []
        while seen.count < count, let frame = try await raw.next(where: { $0.kind == .headers }) { seen.append(frame.stream) }
        for call in calls { call.cancel() }
        for call in calls { _ = await call.value }
        try await raw.send(seen.map { .headers($0, [(":status", "200")]) })
        async let answer = connection.send(Request(.get, "/after"))
        let after = try #require(try await raw.next { $0.kind == .headers && !seen.contains($0.stream) })
        try await raw.send(.headers(after.stream, [(":status", "204")]))
        #expect(try await answer.status == .noContent)
        connection.close(gracefully: false)
        try await server.stop()
    }

    /// A caller whose own deadline passes blames nobody; a silence longer than this side's limit is the server's fault.
    @Test func whoIsToBlameForSilence() async throws {
        for (silence, isCalleesFault) in [(Duration.seconds(60), false), (.zero, true)] {
            let server = try await WireServer.start()
            var configuration = HTTP2Connection.Configuration()
            configuration.silence = silence
            configuration.connectTimeout = .seconds(60)
            let opening = Task { [configuration] in try await HTTP2Connection.open(to: server.address, configuration) }
            let raw = try await RawHTTP2.accept(try #require(await server.accept()))
            let connection = try await opening.value
            // When its response arrives, everything that was sent before has arrived: late data is not silence.
            try await raw.send(.ping())
            _ = try await raw.next { $0.kind == .ping }
            let call = Task { () -> TransportError? in
                do throws(TransportError) {
                    _ = try await connection.send(Request(.get, "/"), deadline: .now + .milliseconds(200))
                    return nil
                } catch { return error }
            }
            let failure = try #require(await call.value)
            #expect((failure.cause as? Problem)?.status == .gatewayTimeout && failure.isCalleesFault == isCalleesFault)
            try await raw.wire.close()
            try await server.stop()
        }
    }

    /// A client that reads none of its responses receives no more of them.
    @Test func answersThatWaitAreBounded() async throws {
        var limits = HTTPLimits()
        limits.unsentSize = 100
        try await serving(limits, by: { _, _ in .text(String(repeating: "x", count: 200)) }) { server in
            let raw = try await RawHTTP2.connect(server, [(4, 0)])
            try await raw.send(.request(1))
            _ = try await raw.next { $0.kind == .headers && $0.stream == 1 }
            try await raw.send(.request(3))
            #expect(try await raw.answer(on: 3).first?.code == RawCode.refused)
            try await raw.send(.windowUpdate(1, 1000))
            #expect(try await raw.answer(on: 1).text.count == 200)
            try await raw.send(.request(5))
            #expect(try await raw.next { $0.stream == 5 }?.kind == .headers)
        }
    }
}
