import NIOCore
import Roost
import Testing

@testable import RoostHTTP

/// How connections end, and what happens to their requests.
@Suite(.timeLimit(.minutes(5))) struct HTTP2LifeTests {
    @Test func aResetOrAClosedConnectionCancelsTheHandler() async throws {
        let started = [Latch(), Latch()]
        let cancelled = [Latch(), Latch()]
        let responder: Responder = { request, _ in
            let index = request.path == "/0" ? 0 : 1
            started[index].open()
            // Longer than the test: it ends only by being cancelled.
            try? await Task.sleep(for: .seconds(1000))
            if Task.isCancelled { cancelled[index].open() }
            return .text("late")
        }
        try await serving(by: responder) { server in
            let raw = try await RawHTTP2.connect(server)
            try await raw.send(.request(1, "GET", "/0"), .request(3, "GET", "/1"))
            await started[0].wait()
            try await raw.send(.reset(1))
            await cancelled[0].wait()
            await started[1].wait()
            try await raw.wire.close()
            await cancelled[1].wait()
        }
    }

    @Test func stoppingLetsRequestsUnderWayEnd() async throws {
        let (started, mayEnd) = (Latch(), Latch())
        let server = try await HTTPServer.start(.init(port: 0)) { request, _ in
            if request.path == "/slow" {
                started.open()
                await mayEnd.wait()
            }
            return .text("done")
        }
        let idle = try await RawHTTP2.connect(server)
        let raw = try await RawHTTP2.connect(server)
        try await raw.send(.request(1, "GET", "/slow"))
        await started.wait()
        async let stopped: Void = server.stop(within: .seconds(30))
        #expect(try await idle.rest().filter { $0.kind == .goAway }.map(\.code) == [RawCode.none])
        let notice = try await raw.next { $0.kind == .goAway }
        #expect(notice?.lastStream == 0x7FFF_FFFF && notice?.code == RawCode.none)
        // A request that was sent before the notice arrived is still served.
        try await raw.send(.request(3))
        #expect(try await raw.answer(on: 3).last?.endsStream == true)
        try await raw.send(.ping([0, 0, 0, 0, 0, 0, 0, 1], isAck: true))
        #expect(try await raw.next { $0.kind == .goAway }?.lastStream == 3)
        mayEnd.open()
        #expect(try await raw.answer(on: 1).last?.endsStream == true)
        #expect(try await raw.rest().isEmpty)
        await stopped
    }

    @Test func whatIsLeftAfterTheGraceIsCut() async throws {
        let started = Latch()
        let server = try await HTTPServer.start(.init(port: 0)) { _, _ in
            started.open()
            // Longer than the test: it ends only by being cancelled.
            try await Task.sleep(for: .seconds(1000))
            return .text("never")
        }
        let raw = try await RawHTTP2.connect(server)
        try await raw.send(.request(1))
        await started.wait()
        await server.stop(within: .milliseconds(20))
        #expect(try await raw.rest().allSatisfy { $0.kind != .headers })
    }

    @Test func anIdleConnectionIsClosedAndABusyOneAsked() async throws {
        var limits = HTTPLimits()
        // Only the time that the test sets can end these.
        limits.idleTimeout = .seconds(3600)
        limits.writeTimeout = .seconds(1 << 30)
        limits.responseTimeout = nil
        let (started, mayEnd) = (Latch(), Latch())
        let responder: Responder = { _, _ in
            started.open()
            await mayEnd.wait()
            return .text("done")
        }
        try await serving(limits, by: responder) { server in
            let raw = try await RawHTTP2.connect(server)
            try await raw.send(.request(1))
            await started.wait()
            await server.look(in: .zero)
            await server.look(in: .hours(1))
            #expect(try await raw.next { $0.kind == .ping && $0.flags == 0 } != nil)
            // The answer to a ping of the client tells that the server has what the client sent before.
            let mark = [UInt8](repeating: 7, count: 8)
            try await raw.send(.ping(isAck: true), .ping(mark))
            #expect(try await raw.next { $0.kind == .ping && $0.payload == mark } != nil)
            await server.look(in: .hours(2))
            mayEnd.open()
            #expect(try await raw.answer(on: 1).last?.endsStream == true)
            // As long as the response is not known to have arrived, the connection is not idle.
            let time = Task {
                var hours = Int64(4)
                while !Task.isCancelled {
                    await server.look(in: .hours(hours))
                    hours += 1
                }
            }
            #expect(try await raw.next { $0.kind == .goAway }?.code == RawCode.none)
            time.cancel()
            await time.value
            #expect(try await raw.rest().isEmpty)
        }
    }

    @Test func aPeerThatIsGoneLosesItsConnection() async throws {
        let started = Latch(), cancelled = Latch()
        let responder: Responder = { _, _ in
            started.open()
            // Longer than the test: it ends only by being cancelled.
            try? await Task.sleep(for: .seconds(1000))
            if Task.isCancelled { cancelled.open() }
            return .text("late")
        }
        try await serving(by: responder) { server in
            let raw = try await RawHTTP2.connect(server)
            try await raw.send(.request(1))
            await started.wait()
            // It is asked for a sign of life, and gives none.
            let time = Task {
                var hours = Int64(1)
                while !Task.isCancelled {
                    await server.look(in: .hours(hours))
                    hours += 1
                }
            }
            await cancelled.wait()
            time.cancel()
            await time.value
            #expect(try await raw.rest().allSatisfy { $0.kind != .headers })
        }
    }

    /// An error while the connection switches to HTTP/2 ends it like any other error.
    @Test func aConnectionThatBreaksInItsFirstBytesIsLetGo() async throws {
        let cancelled = Latch()
        let server = try await HTTPServer.start(.init(port: 0)) { _, _ in
            // Longer than the test: it ends only by being cancelled.
            try? await Task.sleep(for: .seconds(1000))
            if Task.isCancelled { cancelled.open() }
            return .text("late")
        }
        let wire = try await Wire.connect(server.port)
        let broken = RawFrame(kind: .settings, stream: 5).bytes
        try await wire.send(
            Array(ProtocolChoice.preface.readableBytesView) + RawFrame.settings().bytes + RawFrame.request(1).bytes + broken)
        await cancelled.wait()
        await server.stop(within: .seconds(30))
        #expect(server.isEmpty)
    }

    @Test func aPrefaceInPiecesAndOneThatIsNone() async throws {
        try await serving(by: echo) { server in
            let raw = RawHTTP2(try await Wire.connect(server.port))
            for byte in ProtocolChoice.preface.readableBytesView { try await raw.wire.send([byte]) }
            try await raw.send(.settings(), .request(1))
            #expect(try await raw.answer(on: 1).last?.endsStream == true)
            #expect(try await exchange("PRI * HTTP/2.0\r\n\r\nXX\r\n\r\n", with: server).hasPrefix("HTTP/1.1 505 "))
            #expect(try await exchange("PRI /x HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n", with: server).hasSuffix("PRI /x "))
        }
    }
}
