import Foundation
import Roost
import Testing

@testable import RoostHTTP

@Suite(.timeLimit(.minutes(5))) struct StopTests {
    @Test func requestsUnderWayEndAndIdleConnectionsClose() async throws {
        let (started, mayEnd) = (Latch(), Latch())
        let server = try await HTTPServer.start(.init(port: 0, threads: 1)) { request, _ in
            if request.path == "/slow" {
                started.open()
                await mayEnd.wait()
            }
            return .text("done")
        }
        let idle = try await Wire.connect(server.port)
        try await idle.send("GET / HTTP/1.1\r\nhost: x\r\n\r\n")
        _ = try await idle.read(until: "done")
        let busy = try await Wire.connect(server.port)
        try await busy.send("GET /slow HTTP/1.1\r\nhost: x\r\n\r\n")
        await started.wait()

        async let stopped: Void = server.stop(within: .seconds(30))
        #expect(try await idle.readToEnd().isEmpty)
        await #expect(throws: (any Error).self) { try await Wire.connect(server.port) }
        mayEnd.open()
        let answer = try await busy.readToEnd()
        #expect(answer.contains("connection: close\r\n") && answer.hasSuffix("done"))
        await stopped
    }

    @Test func whatIsLeftAfterTheGraceIsCut() async throws {
        let started = Latch()
        let server = try await HTTPServer.start(.init(port: 0, threads: 1)) { _, _ in
            started.open()
            // Longer than the test: it ends only by being cancelled.
            try await Task.sleep(for: .seconds(1000))
            return .text("never")
        }
        let wire = try await Wire.connect(server.port)
        try await wire.send("GET / HTTP/1.1\r\nhost: x\r\n\r\n")
        await started.wait()
        await server.stop(within: .milliseconds(20))
        #expect(try await wire.readToEnd().isEmpty)
    }

    @Test func tooManyConnectionsAreRefused() async throws {
        var limits = HTTPLimits()
        limits.connections = 1
        try await serving(limits, by: echo) { server in
            let first = try await Wire.connect(server.port)
            try await first.send("GET /1 HTTP/1.1\r\nhost: x\r\n\r\n")
            _ = try await first.read(until: "GET /1 ")
            let second = try await Wire.connect(server.port).readToEnd()
            #expect(second.hasPrefix("HTTP/1.1 503 ") && second.contains("retry-after: "))
        }
    }

    @Test func aPortInUseIsAnError() async throws {
        try await serving(by: echo) { server in
            let port = server.port
            await #expect(throws: TransportError(listeningOn: "127.0.0.1", port, .portTaken)) {
                try await HTTPServer.start(.init(port: port), responder: echo)
            }
        }
    }

    @Test(arguments: ["192.0.2.1", "no such host", "2001:db8::1"])
    func aHostThatIsNotOfThisMachineIsAnError(host: String) async throws {
        let error = await #expect(throws: TransportError.self) {
            try await HTTPServer.start(.init(host: host, port: 0), responder: echo)
        }
        #expect(error?.code == .unknownHost)
        #expect(error.map { "\($0.naming(port: "PORT"))" } == "HOST=\(host) is wrong: it must be an address of this machine")
    }

    @Test func aFaultOfListeningSaysWhetherItLasts() {
        for number in [EADDRINUSE, EACCES, EADDRNOTAVAIL] {
            let error = TransportError(listeningOn: "127.0.0.1", 80, errno: number)
            #expect(error.failureKind == .permanent && error.naming(port: "PORT") is ConfigurationError)
        }
        let error = TransportError(listeningOn: "127.0.0.1", 80, errno: EMFILE)
        #expect(error.failureKind == .transient && error.naming(port: "PORT") as? TransportError == error)
        #expect("\(error)" == "cannot listen on 127.0.0.1:80: Too many open files")
    }
}
