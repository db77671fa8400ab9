import Roost
import RoostGRPC
import RoostHTTP
import RoostTesting
import Synchronization
import Testing

@testable import RoostGateway

/// Clients that send or read slowly hold nothing that others wait for.
@Suite(.timeLimit(.minutes(5))) struct SlowClientTests {
    private static let routes = [
        Route("things.add", .post, "/things", bodyLimit: 8 << 20), Route("things.list", .get, "/things"),
        Route("things.all", .get, "/all"), Route("things.import", .post, "/import", streaming: [.request]),
        Route("things.live", .get, "/live", streaming: [.reply]),
    ]
    /// Longer than all that connections and memory keep.
    private static let long: [UInt8] = {
        var bytes = [UInt8](repeating: 0, count: 5_000_000)
        for index in stride(from: 0, to: bytes.count, by: 1000) { bytes[index] = UInt8(truncatingIfNeeded: index / 1000) }
        return bytes
    }()

    private static let responder: Responder = { request, _ in
        switch request.path {
        case "/all": return Response(body: .bytes(long))
        case "/live":
            return Response(
                headers: ["content-type": "text/event-stream"],
                body: .stream(AsyncThrowingStream { $0.yield(Array(": hello\n\n".utf8)) }, length: nil))
        default: return Response(body: .bytes(try await request.body.collect(upTo: 8 << 20)))
        }
    }

    /// Compared here: a test's own comparison looks for every difference of such bodies.
    private static func isLong(_ response: Response) async throws -> Bool { try await response.bytes() == long }

    private var oneConnection: Gateway {
        var shares = ClientShares()
        shares.exchanges = 1
        return Gateway(shares: shares)
    }

    /// Sends the beginnings of many requests; they end when `test` has.
    private func holding(_ count: Int, _ send: @escaping @Sendable (Body) async throws -> Response, _ test: () async throws -> Void)
        async throws
    {
        let bodies = (0..<count).map { _ in SlowBody([1]) }
        let asked = bodies.map { slow in Task { try await send(slow.body).bytes() } }
        try await test()
        for slow in bodies { slow.end([2]) }
        for answer in asked { #expect(try await answer.value == [1, 2]) }
    }

    @Test func slowBodiesTakeNoConnection() async throws {
        try await Serving.run(Self.routes, by: Self.responder, gateway: oneConnection, connections: 1) { serving in
            try await holding(70, { try await serving.send(.post, "/things", $0) }) {
                let answer1 = try await serving.send(.post, "/things", .text("mine")).text()
                #expect(answer1 == "mine")
                let answer2 = try await serving.send(.get, "/things").status
                #expect(answer2 == .ok)
            }
        }
    }

    @Test func slowStreamsOfOneConnection() async throws {
        try await Serving.run(Self.routes, by: Self.responder, gateway: oneConnection, connections: 1) { serving in
            let connection = try await HTTP2Connection.open(to: serving.gateway)
            try await holding(70, { try await connection.send(Request(.post, "/things", body: $0)) }) {
                let answer3 = try await connection.send(Request(.post, "/things", body: .text("mine"))).text()
                #expect(answer3 == "mine")
            }
            connection.close()
        }
    }

    /// A call of one message takes no place at the callee until its message is whole.
    @Test func unfinishedMessages() async throws {
        try await Serving.run(Self.routes, by: Self.responder, gateway: oneConnection) { serving in
            let connection = try await HTTP2Connection.open(to: serving.gateway)
            let call: @Sendable (Body) async throws -> Response = { body in
                let headers: Headers = ["content-type": "application/grpc", "te": "trailers"]
                return try await connection.send(Request(.post, "/things.Things/Add", headers: headers, body: body))
            }
            let slow = (0..<70).map { _ in SlowBody([0, 0, 0, 0, 2, 1]) }
            let asked = slow.map { slow in Task { try await call(slow.body).bytes() } }
            let answer4 = try await call(.bytes([0, 0, 0, 0, 1, 9])).bytes()
            #expect(answer4 == [0, 0, 0, 0, 1, 9])
            for one in slow { one.end([2]) }
            for answer in asked { #expect(try await answer.value == [0, 0, 0, 0, 2, 1, 2]) }
            connection.close()
        }
    }

    @Test func slowReadersHoldNoConnection() async throws {
        try await Serving.run(Self.routes, by: Self.responder, gateway: oneConnection, connections: 1) { serving in
            var unread: [Response] = []
            for _ in 0..<20 { unread.append(try await serving.send(.get, "/all")) }
            let answer5 = try await serving.send(.post, "/things", .text("mine")).text()
            #expect(answer5 == "mine")
            for response in unread.prefix(3) { #expect(try await Self.isLong(response)) }
        }
    }

    /// Where there is no room left, a reader holds its own share of the connections and no other.
    @Test func slowReadersWithoutRoom() async throws {
        var shares = ClientShares()
        (shares.memory, shares.disk, shares.exchanges) = (0, 0, 1)
        try await Serving.run(Self.routes, by: Self.responder, gateway: Gateway(shares: shares)) { serving in
            let unread = try await serving.send(.get, "/all")
            let answer6 = try await Self.isLong(unread)
            #expect(answer6)
            let answer7 = try await serving.send(.post, "/things", SlowBodyOf(Self.long).body).status
            #expect(answer7 == .unavailable)
            let answer8 = try await serving.send(.post, "/things", .text("mine")).text()
            #expect(answer8 == "mine")
        }
    }

    @Test(arguments: [true, false]) func largeBodiesArriveWhole(apart: Bool) async throws {
        try await Serving.run(Self.routes, by: Self.responder, apart: apart) { serving in
            let answer9 = try await Self.isLong(serving.send(.post, "/things", .bytes(Self.long)))
            #expect(answer9)
            let answer10 = try await Self.isLong(serving.send(.post, "/things", SlowBodyOf(Self.long).body))
            #expect(answer10)
            let answer11 = try await Self.isLong(serving.send(.get, "/all"))
            #expect(answer11)
            let tooLong = Body.bytes([UInt8](repeating: 0, count: 9 << 20))
            let answer12 = try await serving.send(.post, "/things", tooLong).status
            #expect(answer12 == .contentTooLarge)
        }
    }

    /// Streams have a share, and requests theirs beside it.
    @Test func watchersHaveAShare() async throws {
        var shares = ClientShares()
        (shares.streams, shares.exchanges) = (2, 1)
        try await Serving.run(Self.routes, by: Self.responder, gateway: Gateway(shares: shares), connections: 1) { serving in
            var watching = [try await serving.send(.get, "/live"), try await serving.send(.get, "/live")]
            #expect(watching.allSatisfy { $0.status == .ok })
            let answer13 = try await serving.send(.get, "/live").status
            #expect(answer13 == .tooManyRequests)
            let answer14 = try await serving.send(.post, "/things", .text("mine")).text()
            #expect(answer14 == "mine")
            watching.removeAll()
            try await eventually("a place for another") { try await serving.send(.get, "/live").status == .ok }
        }
    }

    /// Requests that are streams take no place that others wait for.
    @Test func streamedRequestsHaveAShare() async throws {
        var shares = ClientShares()
        (shares.streams, shares.exchanges) = (5, 1)
        let begun = AsyncStream.makeStream(of: Void.self)
        let responder: Responder = { request, context in
            if request.path == "/import" { begun.continuation.yield() }
            return try await Self.responder(request, context)
        }
        try await Serving.run(Self.routes, by: responder, gateway: Gateway(shares: shares), connections: 1) { serving in
            let slow = (0..<5).map { _ in SlowBody([1]) }
            let asked = slow.map { slow in Task { try await serving.send(.post, "/import", slow.body).bytes() } }
            var begins = begun.stream.makeAsyncIterator()
            for _ in 0..<5 { await begins.next() }
            let answer15 = try await serving.send(.post, "/import", SlowBody([1]).body).status
            #expect(answer15 == .tooManyRequests)
            let answer16 = try await serving.send(.post, "/things", .text("mine")).text()
            #expect(answer16 == "mine")
            for one in slow { one.end([2]) }
            for answer in asked {
                let whole = try await answer.value
                #expect(whole == [1, 2])
            }
        }
    }
}

/// A body of no known length that comes at once.
private struct SlowBodyOf {
    let body: Body

    init(_ bytes: [UInt8]) {
        let pieces = stride(from: 0, to: bytes.count, by: 100_000).map { Array(bytes[$0..<min(bytes.count, $0 + 100_000)]) }
        let next = Mutex(0)
        body = .stream(
            AsyncThrowingStream<[UInt8], any Error>(unfolding: {
                let index = next.withLock { index in
                    defer { index += 1 }
                    return index
                }
                return index < pieces.count ? pieces[index] : nil
            }), length: nil)
    }
}
