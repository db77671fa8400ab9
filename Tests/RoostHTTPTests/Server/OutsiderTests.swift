import NIOCore
import NIOPosix
import Roost
import Testing

@testable import RoostHTTP

/// What clients outside of the system may send and use.
@Suite(.timeLimit(.minutes(5))) struct OutsiderTests {
    private static let deadline: Responder = { _, context in .text(context.deadline == nil ? "no deadline" : "a deadline") }

    @Test func theTimeOfARequestIsNotTheirs() async throws {
        try await serving(by: Self.deadline) { server in
            let answer = try await exchange(
                "GET / HTTP/1.1\r\nhost: x\r\nx-request-timeout-ms: 1\r\ngrpc-timeout: 1u\r\nconnection: close\r\n\r\n", with: server)
            #expect(answer.hasSuffix("no deadline"))
            let raw = try await RawHTTP2.connect(server)
            try await raw.send(.request(1, "GET", "/", [("x-request-timeout-ms", "1"), ("grpc-timeout", "1u")]))
            #expect(try await raw.answer(on: 1).text == "no deadline")
        }
    }

    /// `grpc-timeout` has no meaning for a request that is not a call, whoever sends it.
    @Test func theTimeOfACallIsNoRequests() async throws {
        try await serving(for: .services, by: Self.deadline) { server in
            let raw = try await RawHTTP2.connect(server)
            try await raw.send(.request(1, "GET", "/", [("grpc-timeout", "1u")]))
            #expect(try await raw.answer(on: 1).text == "no deadline")
        }
    }

    /// The handler ignores its cancellation: its request is answered nevertheless, and the handler is cancelled.
    @Test(arguments: [HTTPVersion.http1, .http2]) func anAnswerThatDoesNotComeInTimeIsA504(version: HTTPVersion) async throws {
        var limits = HTTPLimits()
        limits.responseTimeout = .milliseconds(50)
        let (cancelled, mayEnd) = (Latch(), Latch())
        let responder: Responder = { _, _ in
            await withTaskCancellationHandler {
                await Task.detached { await mayEnd.wait() }.value
            } onCancel: {
                cancelled.open()
            }
            return .text("late")
        }
        try await serving(limits, by: responder) { server in
            if version == .http1 {
                #expect(try await exchange("GET / HTTP/1.1\r\nhost: x\r\n\r\n", with: server).hasPrefix("HTTP/1.1 504 "))
            } else {
                let raw = try await RawHTTP2.connect(server)
                try await raw.send(.request(1))
                #expect(try await raw.answer(on: 1).text.contains("\"status\":504"))
            }
            await cancelled.wait()
            mayEnd.open()
        }
    }

    /// A response that has begun may continue.
    @Test func aResponseThatBeganInTimeGoesOn() async throws {
        var limits = HTTPLimits()
        limits.responseTimeout = .milliseconds(50)
        let feed = Feed()
        try await serving(limits, by: { _, _ in Response(body: .stream(feed.stream, length: nil)) }) { server in
            let wire = try await Wire.connect(server.port)
            try await wire.send("GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")
            feed.send("first")
            _ = try await wire.read(until: "first")
            // Longer than the limit and the interval in which it is checked. A busy machine only makes the test see less.
            try await Task.sleep(for: .milliseconds(150))
            feed.send("last")
            feed.end()
            #expect(try await wire.readToEnd().contains("last"))
        }
    }

    @Test func aSlowBodyOfNoKnownLengthIsGivenUpOverHTTP2() async throws {
        var limits = HTTPLimits()
        limits.bodyTimeout = .milliseconds(50)
        try await serving(limits, by: echo) { server in
            let raw = try await RawHTTP2.connect(server)
            try await raw.send(.request(1, "POST", "/", ends: false), .data(1, [1]))
            #expect(try await raw.answer(on: 1).text.contains("\"status\":408"))
        }
    }

    @Test func oneAddressHasAShareOfTheConnections() async throws {
        var limits = HTTPLimits()
        limits.connectionShare = 2
        try await serving(limits, by: echo) { server in
            let held = [try await Wire.connect(server.port), try await Wire.connect(server.port)]
            for wire in held {
                try await wire.send("GET /held HTTP/1.1\r\nhost: x\r\n\r\n")
                _ = try await wire.read(until: "GET /held")
            }
            #expect(try await Wire.connect(server.port).readToEnd().hasPrefix("HTTP/1.1 429 "))
            let other = try await Wire.connect(server.port, from: "127.0.0.2")
            try await other.send("GET /other HTTP/1.1\r\nhost: x\r\n\r\n")
            _ = try await other.read(until: "GET /other")
            try await held[0].close()
        }
    }

    /// Data that waits for a client which reads as fast as it can is not a sign of a slow client.
    @Test func aBusySocketIsNoSlowReader() async throws {
        var limits = HTTPLimits()
        limits.writeTimeout = .seconds(1)
        let message = WebSocketMessage.binary([UInt8](repeating: 7, count: 50_000))
        let responder: Responder = { _, _ in
            var response = Response(.switchingProtocols)
            response.upgrade = .webSocket(subprotocol: nil) { socket in while true { try await socket.send(message) } }
            return response
        }
        try await serving(limits, by: responder) { server in
            let client = PooledHTTPClient()
            defer { client.shutdown() }
            let socket = try await client.webSocket("/", at: server.address)
            // A few times longer than the limit. A busy machine, on which this reads nothing for long, only makes the test see less.
            let end = ContinuousClock.now + .seconds(3)
            var last = ContinuousClock.now, longest = Duration.zero
            while last < end {
                let received = try? await socket.receive(), now = ContinuousClock.now
                longest = max(longest, now - last)
                last = now
                guard received == message else {
                    #expect(longest > .milliseconds(500), "The socket was closed.")
                    break
                }
            }
            try await socket.close()
        }
    }

    /// Idle sockets must not use the last descriptor.
    @Test func connectionsLeaveDescriptorsForOthers() {
        let few = HTTPLimits().fitting(descriptors: 1024)
        #expect(few.connections == 768 && few.connectionShare == 384)
        let many = HTTPLimits().fitting(descriptors: 1 << 16)
        #expect(many.connections == 10_000 && many.connectionShare == 5_000)
        var behindProxies = HTTPLimits()
        behindProxies.connectionShare = behindProxies.connections
        #expect(behindProxies.fitting(descriptors: 100).connectionShare >= 75)
        #expect(Descriptors.raiseLimit() > 0)
    }

    @Test func aClientIsAnAddressOrANetwork() {
        #expect(ClientKey("192.0.2.1") == ClientKey("192.0.2.1") && ClientKey("192.0.2.1") != ClientKey("192.0.2.2"))
        #expect(ClientKey("2001:db8:0:1::1") == ClientKey("2001:db8:0:1:ffff::9%eth0"))
        #expect(ClientKey("2001:db8:0:1::1") != ClientKey("2001:db8:0:2::1"))
        #expect(ClientKey("::ffff:192.0.2.1") == ClientKey("192.0.2.1") && ClientKey("::ffff:192.0.2.1") != ClientKey("::ffff:192.0.2.2"))
        #expect(ClientKey(nil) == ClientKey(""))
    }

    /// A request that announces a long body and sends none of it has a slot of its own, and leaves room for others.
    @Test func promisedBodiesAreBounded() async throws {
        var limits = HTTPLimits()
        limits.gatheredTotal = 100
        try await serving(limits, by: echo) { server in
            var held: [Wire] = []
            for _ in 0..<20 {
                let wire = try await Wire.connect(server.port)
                try await wire.send("POST /held HTTP/1.1\r\nhost: x\r\ncontent-length: 60\r\n\r\n1")
                held.append(wire)
            }
            let request = "POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\nconnection: close\r\n\r\nwhole"
            #expect(try await exchange(request, with: server).hasSuffix("POST / whole"))
            for wire in held { try await wire.close() }
            #expect(try await exchange(request, with: server).hasSuffix("POST / whole"))
        }
    }
}
