import Foundation
import Roost
import Testing

@testable import RoostHTTP

/// The example in the README, as a process.
@Suite(.serialized, .timeLimit(.minutes(1))) struct ServeTests {
    private final class Hello: Sendable {
        let output: AsyncStream<String>
        let exit: Task<Int32, Never>
        // Used only to signal the process by its identifier.
        let id: Int32

        init(port: String) throws {
            let process = Process()
            let binaries = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
            process.executableURL = binaries.appendingPathComponent("hello")
            process.environment = ["PORT": port]
            let pipe = Pipe()
            process.standardOutput = pipe
            process.standardError = pipe
            let (output, pieces) = AsyncStream.makeStream(of: String.self)
            self.output = output
            let handle = pipe.fileHandleForReading
            DispatchQueue(label: "hello.output").async {
                var buffer = [UInt8](repeating: 0, count: 4096)
                while case let count = read(handle.fileDescriptor, &buffer, buffer.count), count > 0 || count < 0 && errno == EINTR {
                    if count > 0 { pieces.yield(String(decoding: buffer[..<count], as: UTF8.self)) }
                }
                pieces.finish()
            }
            let (ends, end) = AsyncStream.makeStream(of: Int32.self)
            process.terminationHandler = {
                end.yield($0.terminationStatus)
                end.finish()
            }
            try process.run()
            id = process.processIdentifier
            exit = Task { await ends.first { _ in true } ?? -1 }
        }

        /// The output up to the end of its first line. Waiting for the end of all output does not work: another process that was started at
        /// the same time may hold the pipe open.
        func firstLine() async -> String {
            var text = ""
            for await piece in output {
                text += piece
                if text.contains("\n") { break }
            }
            return text
        }
    }

    @Test(arguments: [SIGTERM, SIGINT]) func answersAndStopsWhenTold(signal: Int32) async throws {
        let hello = try Hello(port: "0")
        let line = await hello.firstLine()
        let port = try #require(line.split(separator: " ").last.flatMap { Int($0.filter(\.isNumber)) })
        let client = HTTPClient()
        defer { client.shutdown() }
        let response = try await client.send(Request(.get, "/hello/World"), to: HTTPAddress(host: "127.0.0.1", port: port))
        #expect(try await response.body.collect(upTo: 100) == Array("Hello, World!".utf8))
        let document = try await client.send(Request(.get, "/openapi.json"), to: HTTPAddress(host: "127.0.0.1", port: port))
        let text = String(decoding: try await document.body.collect(upTo: 1 << 20), as: UTF8.self)
        #expect(text.contains(#""title":"Hello""#) && text.contains(#""/hello/{name}":{"get":{"tags":["hello"]"#))
        kill(hello.id, signal)
        #expect(await hello.exit.value == 0)
    }

    @Test func aWrongPortIsSaidInOneLine() async throws {
        let hello = try Hello(port: "many")
        #expect(await hello.firstLine() == "PORT=many is wrong: it must be a whole number from 0 to 65535\n")
        #expect(await hello.exit.value == 78)
    }

    @Test func aPortInUseIsSaidInOneLine() async throws {
        try await serving(by: echo) { server in
            let hello = try Hello(port: String(server.port))
            let said = await hello.firstLine()
            #expect(
                said == "PORT=\(server.port) is wrong: it must be a free port: another process listens on 127.0.0.1:\(server.port)\n")
            #expect(await hello.exit.value == 78)
        }
    }
}
