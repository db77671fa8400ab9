import Roost
import Testing

@testable import RoostHTTP

/// A connection that is not in a clean state is not used for another request.
@Suite(.timeLimit(.minutes(5))) struct UncleanConnectionTests {
    /// Whether the next request after this response uses another connection.
    private func isLeft(after answer: String, to request: Request, isRead: Bool = true) async throws -> Bool {
        let server = try await WireServer.start(readsOn: isRead)
        let client = PooledHTTPClient()
        defer { client.shutdown() }
        let address = server.address
        async let first = Result { () async throws in
            let response = try await client.send(request, to: address)
            return try await response.body.collect(upTo: 1 << 20)
        }
        let wire = try #require(await server.accept())
        _ = try await wire.read(until: "\r\n\r\n")
        try await wire.send(answer)
        _ = await first
        async let second = client.send(Request(.get, "/2"), to: address)
        let other = try #require(await next(wire, server))
        // A response that arrives before its request belongs to no request.
        if other !== wire { _ = try await other.read(until: "\r\n\r\n") }
        try await other.send("HTTP/1.1 204 No Content\r\n\r\n")
        #expect(try await second.status == .noContent)
        let isOther = other !== wire
        try await server.stop()
        return isOther
    }

    /// The connection that the next request uses.
    private func next(_ wire: Wire, _ server: WireServer) async -> Wire? {
        await withTaskGroup(of: Wire?.self) { group in
            group.addTask { await server.accept() }
            group.addTask {
                while let piece = try? await wire.next() { if piece.starts(with: "GET /2 ".utf8) { return wire } }
                return await Self.never()
            }
            defer { group.cancelAll() }
            return await group.next() ?? nil
        }
    }

    private static func never() async -> Wire? {
        for await _ in AsyncStream<Void>.makeStream().stream {}
        return nil
    }

    @Test(arguments: [
        "HTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\nab", "HTTP/1.1 204 No Content\r\ncontent-length: 2\r\n\r\n",
        "HTTP/1.1 204 No Content\r\ntransfer-encoding: chunked\r\n\r\n", "HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\n\r\n",
        "HTTP/1.0 200 OK\r\nconnection: keep-alive\r\ntransfer-encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 0\r\n\r\n", "HTTP/1.0 200 OK\r\ncontent-length: 0\r\n\r\n",
        "HTTP/1.1 200 OK\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n", "HTTP/1.1 2OO OK\r\n\r\n",
        "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n",
    ])
    func aResponseThatLeavesDoubtEndsIt(answer: String) async throws {
        #expect(try await isLeft(after: answer, to: Request(.get, "/1")))
    }

    @Test(arguments: [
        "HTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\na", "HTTP/1.1 204 No Content\r\n\r\n",
        "HTTP/1.1 204 No Content\r\ncontent-length: 0\r\n\r\n",
        "HTTP/1.1 304 Not Modified\r\ncontent-length: 9\r\n\r\n",
        "HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n",
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n",
    ])
    func anyOtherKeepsIt(answer: String) async throws {
        #expect(try await isLeft(after: answer, to: Request(.get, "/1")) == false)
    }

    @Test(arguments: [true, false]) func aResponseBeforeTheRequestHasGoneEndsIt(isStreamed: Bool) async throws {
        let size = 16 << 20
        let body: Body = isStreamed ? .stream(pieces(size >> 16, of: 1 << 16), length: size) : .bytes([UInt8](repeating: 1, count: size))
        let answer = "HTTP/1.1 413 Content Too Large\r\ncontent-length: 0\r\n\r\n"
        #expect(try await isLeft(after: answer, to: Request(.post, "/1", body: body), isRead: false))
    }
}
