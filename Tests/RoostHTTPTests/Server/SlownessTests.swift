import NIOCore
import Roost
import Synchronization
import Testing

@testable import RoostHTTP

@Suite(.timeLimit(.minutes(5))) struct SlownessTests {
    private func limits(_ change: (inout HTTPLimits) -> Void) -> HTTPLimits {
        var limits = HTTPLimits()
        change(&limits)
        return limits
    }

    @Test func aSlowHeadIsGivenUp() async throws {
        try await serving(limits { $0.headTimeout = .milliseconds(50) }, by: echo) { server in
            let answer = try await exchange("GET / HT", with: server)
            #expect(answer.hasPrefix("HTTP/1.1 408 "))
        }
    }

    @Test(arguments: ["content-length: 5", "content-length: 90000", "transfer-encoding: chunked"])
    func aSlowBodyIsGivenUp(framing: String) async throws {
        try await serving(limits { $0.bodyTimeout = .milliseconds(50) }, by: echo) { server in
            let answer = try await exchange("POST / HTTP/1.1\r\nhost: x\r\n\(framing)\r\n\r\n1", with: server)
            #expect(answer.hasPrefix("HTTP/1.1 408 ") && answer.contains("connection: close"))
        }
    }

    @Test func aConnectionThatAsksNothingIsClosed() async throws {
        try await serving(limits { $0.idleTimeout = .milliseconds(50) }, by: echo) { server in
            let wire = try await Wire.connect(server.port)
            let answer = try await wire.readToEnd()
            #expect(answer.isEmpty)
        }
    }

    // Long enough for even a busy machine to send the request in time.
    @Test func aConnectionThatAsksNoMoreIsClosed() async throws {
        try await serving(limits { $0.idleTimeout = .seconds(6) }, by: echo) { server in
            let answer = try await exchange("GET /a HTTP/1.1\r\nhost: x\r\n\r\n", with: server)
            #expect(answer.hasSuffix("GET /a "))
        }
    }

    @Test func aClientThatTakesNothingIsCut() async throws {
        let ended = Latch()
        let responder: Responder = { _, _ in
            let endless = pieces(.max, of: 64 << 10)
            return Response(body: .stream(Watched(endless, ended), length: nil))
        }
        try await serving(limits { $0.writeTimeout = .milliseconds(100) }, by: responder) { server in
            let wire = try await Wire.connect(server.port, reads: false)
            try await wire.send("GET / HTTP/1.1\r\nhost: x\r\n\r\n")
            await ended.wait()
        }
    }

    @Test func theDeadlineEndsTheHandler() async throws {
        let cancelled = Latch()
        let responder: Responder = { _, _ in
            await withTaskCancellationHandler {
                await Latch().wait()
            } onCancel: {
                cancelled.open()
            }
            return .text("late")
        }
        try await serving(for: .services, by: responder) { server in
            let answer = try await exchange("GET / HTTP/1.1\r\nhost: x\r\nx-request-timeout-ms: 20\r\n\r\n", with: server)
            #expect(answer.hasPrefix("HTTP/1.1 504 ") && !answer.contains("late"))
            await cancelled.wait()
        }
    }

    @Test func aHandlerIsCancelledWhenItsClientGoes() async throws {
        let (started, cancelled) = (Latch(), Latch())
        let responder: Responder = { _, _ in
            await withTaskCancellationHandler {
                started.open()
                await Latch().wait()
            } onCancel: {
                cancelled.open()
            }
            return .text("to nobody")
        }
        try await serving(by: responder) { server in
            let wire = try await Wire.connect(server.port)
            try await wire.send("GET / HTTP/1.1\r\nhost: x\r\n\r\n")
            await started.wait()
            try await wire.close()
            await cancelled.wait()
        }
    }

    @Test func aBodyCutOffReachesItsReaderAsAnError() async throws {
        let failed = Latch()
        let responder: Responder = { request, _ in
            do { _ = try await request.body.collect(upTo: 1 << 20) } catch {
                failed.open()
                throw error
            }
            return .text("whole")
        }
        try await serving(by: responder) { server in
            let wire = try await Wire.connect(server.port)
            try await wire.send("POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 90000\r\n\r\npart")
            try await wire.close()
            await failed.wait()
        }
    }

    @Test func aResponseIsMadeNoFasterThanItIsTaken() async throws {
        let made = Mutex(0)
        let count = 2000
        let responder: Responder = { _, _ in
            Response(body: .stream(pieces(count, of: 16 << 10) { number in made.withLock { $0 = number } }, length: nil))
        }
        try await serving(by: responder) { server in
            let wire = try await Wire.connect(server.port, reads: false)
            try await wire.send("GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")
            // Once the sockets' own buffers are full, nothing more is produced.
            #expect(try await standstill { made.withLock { $0 } } < count)
            try await wire.startReading()
            let all = try await wire.readToEnd()
            #expect(all.utf8.count > count * (16 << 10) && all.hasSuffix("0\r\n\r\n"))
        }
    }

    @Test func aRequestIsReadNoFasterThanItIsTaken() async throws {
        let (started, latch, size) = (Latch(), Latch(), 12 << 20)
        let responder: Responder = { request, _ in
            guard case .stream(let stream, _) = request.body else { return .text("not streamed") }
            started.open()
            await latch.wait()
            var count = 0
            for try await piece in stream { count += piece.count }
            return .text("took \(count)")
        }
        try await serving(by: responder) { server in
            let wire = try await Wire.connect(server.port)
            try await wire.send("POST / HTTP/1.1\r\nhost: x\r\ncontent-length: \(size)\r\nconnection: close\r\n\r\n")
            let sent = wire.channel.eventLoop.makePromise(of: Void.self)
            wire.channel.writeAndFlush(ByteBuffer(repeating: UInt8(ascii: "b"), count: size), promise: sent)
            await started.wait()
            // The kernel takes some megabytes at most; the rest stays here while the handler does not read. No event reports that nothing
            // is read, so the test needs real time: a busy machine only makes it see less.
            try await wire.channel.eventLoop.scheduleTask(in: .milliseconds(300)) {}.futureResult.get()
            #expect(!wire.channel.isWritable)
            latch.open()
            try await sent.futureResult.get()
            #expect(try await wire.readToEnd().hasSuffix("took \(size)"))
        }
    }
}

/// Opens the latch when the iteration has ended.
private struct Watched: AsyncSequence, Sendable {
    fileprivate final class End: Sendable {
        let latch: Latch
        init(_ latch: Latch) { self.latch = latch }
        deinit { latch.open() }
    }

    private let base: any AsyncSequence<[UInt8], any Error> & Sendable
    private let end: End

    init(_ base: any AsyncSequence<[UInt8], any Error> & Sendable, _ latch: Latch) {
        self.base = base
        end = End(latch)
    }

    func makeAsyncIterator() -> AnyIterator { AnyIterator(base: base.makeAsyncIterator(), end: end) }

    struct AnyIterator: AsyncIteratorProtocol {
        var base: any AsyncIteratorProtocol<[UInt8], any Error>
        fileprivate let end: End
        mutating func next() async throws -> [UInt8]? { try await base.next(isolation: nil) }
    }
}
