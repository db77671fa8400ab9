import NIOCore
import Roost
import Synchronization
import TestTools
import Testing

@testable import RoostHTTP

/// A client that reads a response slowly is neither slow to send, nor idle, nor gone. This needs real time, during which nothing is read;
/// on a busy machine the tests see less, but do not fail.
@Suite(.timeLimit(.minutes(5)), .serialized) struct SlowReaderTests {
    /// More than the sockets' own buffers can take.
    private static let large = String(repeating: "x", count: 12 << 20)

    private static let sized: Responder = { request, _ in .text(request.path == "/large" ? large : "small") }

    private func limits(_ change: (inout HTTPLimits) -> Void) -> HTTPLimits {
        var limits = HTTPLimits()
        change(&limits)
        return limits
    }

    private func pause(_ wire: Wire, _ duration: TimeAmount) async throws {
        try await wire.channel.eventLoop.scheduleTask(in: duration) {}.futureResult.get()
    }

    @Test func itsNextRequestIsNotLate() async throws {
        try await serving(limits { $0.headTimeout = .milliseconds(50) }, by: Self.sized) { server in
            let wire = try await Wire.connect(server.port, reads: false)
            try await wire.send("GET /large HTTP/1.1\r\nhost: x\r\n\r\nGET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")
            try await pause(wire, .milliseconds(300))
            try await wire.startReading()
            let answers = try await wire.readToEnd()
            #expect(answers.utf8.count > 12 << 20 && answers.hasSuffix("small"))
        }
    }

    @Test func itsConnectionIsNotIdle() async throws {
        let started = Latch()
        let responder: Responder = { request, context in
            started.open()
            return try await Self.sized(request, context)
        }
        let patient = limits { $0.writeTimeout = .seconds(1 << 30) }
        try await serving(patient, by: responder) { server in
            let wire = try await Wire.connect(server.port, reads: false)
            try await wire.send("GET /large HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")
            await started.wait()
            for hours in Int64(0)..<10 {
                await server.look(in: .hours(hours))
                try await pause(wire, .milliseconds(10))
            }
            try await wire.startReading()
            #expect(try await wire.readToEnd().utf8.count > 12 << 20)
        }
    }

    @Test func itHasNotGoneWhenItsBodyIsNotWanted() async throws {
        try await serving(by: Self.sized) { server in
            let wire = try await Wire.connect(server.port, reads: false)
            try await wire.send("POST /large HTTP/1.1\r\nhost: x\r\ncontent-length: 90000\r\nconnection: close\r\n\r\nbegun")
            // Longer than a client may continue to send after its response.
            try await pause(wire, .seconds(3))
            try await wire.startReading()
            #expect(try await wire.readToEnd().utf8.count > 12 << 20)
        }
    }

    @Test func itMayTakeLongerThanAClosingSocketWaits() async throws {
        let message = [UInt8](repeating: 7, count: 12 << 20)
        let responder: Responder = { _, _ in
            var response = Response(.switchingProtocols)
            response.upgrade = .webSocket(subprotocol: nil) { try await $0.send(.binary(message)) }
            return response
        }
        try await serving(limits { $0.webSocket.closeTimeout = .seconds(5) }, by: responder) { server in
            let socket = try RawSocket(server.port, receiveBuffer: 128 << 10)
            try await socket.send(
                "GET / HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\n"
                    + "sec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n")
            var reader = RawReader(socket, step: 64 << 10)
            #expect(try await reader.response().head.hasPrefix("HTTP/1.1 101 "))
            _ = try await reader.bytes(10)
            // The server closes once the rest is in its buffers and the kernel's.
            _ = try await reader.bytes(message.count - 60 * (64 << 10))
            for _ in 0..<60 {
                // Slower than the close timeout in total, but never silent.
                try await Task.sleep(for: .milliseconds(150))
                _ = try await reader.bytes(64 << 10)
            }
            #expect(try await reader.frame() == (8, [0x03, 0xE8]))
        }
    }

    @Test func aSocketThatAlwaysHasSomethingToSendIsNotStuck() async throws {
        let (count, message) = (400, [UInt8](repeating: 7, count: 64 << 10))
        let responder: Responder = { _, _ in
            var response = Response(.switchingProtocols)
            response.upgrade = .webSocket(subprotocol: nil) { socket in for _ in 0..<count { try await socket.send(.binary(message)) } }
            return response
        }
        try await serving(limits { $0.writeTimeout = .seconds(3) }, by: responder) { server in
            let socket = try RawSocket(server.port, receiveBuffer: 128 << 10)
            try await socket.send(
                "GET / HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\n"
                    + "sec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n")
            var reader = RawReader(socket, step: 64 << 10)
            #expect(try await reader.response().head.hasPrefix("HTTP/1.1 101 "))
            for _ in 0..<count {
                // Slower than the write timeout in total, but never silent.
                try await Task.sleep(for: .milliseconds(10))
                #expect(try await reader.frame().payload.count == message.count)
            }
            #expect(try await reader.frame() == (8, [0x03, 0xE8]))
        }
    }

    /// A response that was sent at once leaves no state behind that blocks later ones.
    @Test(arguments: [1, 1000, 40 << 10, 65_000, (64 << 10) - 1, 64 << 10, (64 << 10) + 1])
    func requestsThatCameTogetherAreAllAnswered(size: Int) async throws {
        let body = [UInt8](repeating: UInt8(ascii: "Y"), count: size)
        try await serving(by: { _, _ in Response(body: .bytes(body)) }) { server in
            let wire = try await Wire.connect(server.port)
            let requests = String(repeating: "GET / HTTP/1.1\r\nhost: x\r\n\r\n", count: 31)
            try await wire.send(requests + "GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")
            let answers = try await wire.readToEnd()
            // The head contains no other such letter.
            #expect(answers.utf8.count { $0 == UInt8(ascii: "Y") } == 32 * size)
        }
    }
}
