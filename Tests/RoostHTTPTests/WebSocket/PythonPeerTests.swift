import Foundation
import Roost
import Testing

@testable import RoostHTTP

/// WebSockets with an independent peer: PyPI's websockets, as client and as server.
@Suite(.timeLimit(.minutes(3))) struct PythonPeerTests {
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

    @Test(arguments: ["none", "deflate"])
    func itsClientAndOurServer(compression: String) async throws {
        try await serving(by: Self.server) { server in
            let peer = try await PythonPeer.start(["client", compression, String(server.port)])
            #expect(try await peer.line() == "4321 because")
            #expect(await peer.end() == 0)
        }
    }

    @Test(arguments: ["none", "deflate"])
    func ourClientAndItsServer(compression: String) async throws {
        let peer = try await PythonPeer.start(["server", compression])
        let port = try #require(try await peer.line().flatMap { Int($0) })
        let client = HTTPClient()
        defer { client.shutdown() }
        let socket = try await client.webSocket("/", at: HTTPAddress(host: "127.0.0.1", port: port), subprotocols: ["roost"])
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
        #expect(try await peer.line() == "4999 bye")
        #expect(await peer.end() == 0)
    }
}

/// A process of `python_peer.py`, with the packages of `scripts/requirements.txt`.
final class PythonPeer: Sendable {
    private let lines: AsyncStream<String>
    private let exit: Task<Int32, Never>

    static func start(_ arguments: [String]) async throws -> PythonPeer {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        let root = folder.deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let finder = try PythonPeer(root.appendingPathComponent("scripts/python").path, [])
        let python = try #require(try await finder.line())
        return try PythonPeer(python, [folder.appendingPathComponent("python_peer.py").path] + arguments)
    }

    private init(_ executable: String, _ arguments: [String]) throws {
        let process = Process(), output = Pipe()
        process.executableURL = URL(fileURLWithPath: executable)
        process.arguments = arguments
        process.standardOutput = output
        let (ends, ended) = AsyncStream.makeStream(of: Int32.self)
        process.terminationHandler = {
            ended.yield($0.terminationStatus)
            ended.finish()
        }
        try process.run()
        exit = Task {
            for await code in ends { return code }
            return -1
        }
        let (lines, continuation) = AsyncStream.makeStream(of: String.self)
        self.lines = lines
        // A separate thread reads, because reading blocks.
        Thread.detachNewThread {
            var text = ""
            while case let data = output.fileHandleForReading.availableData, !data.isEmpty {
                text += String(decoding: data, as: UTF8.self)
                while let end = text.firstIndex(of: "\n") {
                    continuation.yield(String(text[..<end]))
                    text.removeSubrange(...end)
                }
            }
            continuation.finish()
        }
    }

    /// The next line that it prints.
    func line() async throws -> String? {
        for await line in lines { return line }
        return nil
    }

    func end() async -> Int32 { await exit.value }
}
