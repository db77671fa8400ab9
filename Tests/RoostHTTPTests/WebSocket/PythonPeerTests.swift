import Foundation
import Roost
import TestTools
import Testing

@testable import RoostHTTP

/// WebSockets with an independent peer: PyPI's websockets, as client and as server.
@Suite(.timeLimit(.minutes(5))) struct PythonPeerTests {
    /// Echoes, and closes with the requested code and reason.
    private static let server: Responder = { request, _ in
        var response = Response(.switchingProtocols)
        response.upgrade = .webSocket(subprotocol: "roost") { socket in
            while let message = try await socket.receive() {
                if case .text(let text) = message, text.hasPrefix("close ") {
                    let words = text.split(separator: " ")
                    try await socket.close(UInt16(words[1]) ?? 0, String(words[2]))
                } else {
                    try await socket.send(message)
                }
            }
        }
        return response
    }

    /// Starts `python_peer.py`.
    private static func peer(_ arguments: [String]) async throws -> TestProcess {
        try await .python(URL(filePath: #filePath).deletingLastPathComponent().appending(path: "python_peer.py").path, arguments)
    }

    @Test(arguments: ["none", "deflate"])
    func itsClientAndOurServer(compression: String) async throws {
        try await serving(by: Self.server) { server in
            let peer = try await Self.peer(["client", compression, String(server.port)])
            #expect(await peer.line() == "4321 because")
            #expect(await peer.end() == 0)
        }
    }

    @Test(arguments: ["none", "deflate"])
    func ourClientAndItsServer(compression: String) async throws {
        let peer = try await Self.peer(["server", compression])
        let port = try #require(await peer.line().flatMap { Int($0) })
        let client = PooledHTTPClient()
        defer { client.shutdown() }
        var limits = WebSocketLimits()
        limits.closeTimeout = .seconds(50)
        let address = HTTPAddress(host: "127.0.0.1", port: port)
        let socket = try await client.webSocket("/", at: address, subprotocols: ["roost"], limits: limits)
        #expect(socket.subprotocol == "roost")
        let long = String(repeating: "the quick brown fox ", count: 20_000)
        for message in [.text("Hello"), .binary([0, 255]), .text(""), .text(long), .text("κόσμε")] as [WebSocketMessage] {
            try await socket.send(message)
            #expect(try await socket.receive() == message)
        }
        try await socket.send(.text("parts"))
        #expect(try await socket.receive() == .text("in parts κόσμε"))
        try await socket.send(.text("ping"))
        #expect(try await socket.receive() == .text("pong came"))
        try await socket.close(4999, "bye")
        #expect(await socket.closed() == WebSocketClosure(4999, "bye"))
        #expect(await peer.line() == "4999 bye")
        #expect(await peer.end() == 0)
    }
}
