import Foundation
import Roost
import TestTools
import Testing

@testable import RoostHTTP

/// The example in the README, as a process.
@Suite(.serialized, .timeLimit(.minutes(5))) struct ServeTests {
    private func start(port: String) async throws -> TestProcess {
        try await .start("hello", environment: ["PORT": port], includesErrors: true)
    }

    @Test(arguments: [SIGTERM, SIGINT]) func answersAndStopsWhenTold(signal: Int32) async throws {
        let hello = try await start(port: "0")
        let line = try #require(await hello.line())
        let port = try #require(line.split(separator: " ").last.flatMap { Int($0.filter(\.isNumber)) })
        let client = PooledHTTPClient()
        defer { client.shutdown() }
        let response = try await client.send(Request(.get, "/hello/World"), to: HTTPAddress(host: "127.0.0.1", port: port))
        #expect(try await response.body.collect(upTo: 100) == Array("Hello, World!".utf8))
        let document = try await client.send(Request(.get, "/openapi.json"), to: HTTPAddress(host: "127.0.0.1", port: port))
        let text = String(decoding: try await document.body.collect(upTo: 1 << 20), as: UTF8.self)
        #expect(text.contains(#""title":"Hello""#) && text.contains(#""/hello/{name}":{"get":{"tags":["hello"]"#))
        hello.send(signal)
        #expect(await hello.end() == 0)
    }

    @Test func aWrongPortIsSaidInOneLine() async throws {
        let hello = try await start(port: "many")
        #expect(await hello.line() == "PORT=many is wrong: it must be a whole number from 0 to 65535")
        #expect(await hello.end() == 78)
    }

    @Test func aPortInUseIsSaidInOneLine() async throws {
        try await serving(by: echo) { server in
            let hello = try await start(port: String(server.port))
            let said = await hello.line()
            #expect(
                said == "PORT=\(server.port) is wrong: it must be a free port: another process listens on 127.0.0.1:\(server.port)")
            #expect(await hello.end() == 78)
        }
    }
}
