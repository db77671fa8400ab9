import Synchronization
import Testing

@testable import Roost
@testable import RoostHTTP

/// The replies of a live call in each of HTTP's forms.
@Suite(.timeLimit(.minutes(5))) struct LiveReplyTests {
    private static let route = Route("test.live", .get, "/live", bodyLimit: 32, streaming: [.request, .reply])
    private static let webSocket: Headers = ["upgrade": "websocket", "connection": "upgrade"]

    private func call(_ headers: Headers) throws -> IncomingCall {
        var request = Request(.get, "/live", headers: headers)
        request.codec = RESTCodec()
        return try IncomingCall(request, route: Self.route)
    }

    private func text(_ response: Response) async throws -> String {
        String(decoding: try await response.body.collect(upTo: 1 << 20), as: UTF8.self)
    }

    /// Exchanges these messages over a socket with a client.
    private func talk(_ response: Response, _ messages: [WebSocketMessage] = []) async throws -> ScriptedSocket {
        let socket = ScriptedSocket(messages)
        guard case .webSocket(_, let run)? = response.upgrade else { throw Problem(response.status) }
        try await run(socket)
        return socket
    }

    @Test(arguments: ["text/event-stream", "text/html, text/event-stream;q=0.9"])
    func events(accept: String) async throws {
        let response = try call(["accept": accept]).live(MessageStream(of: "a", "b\nc"))
        #expect(response.headers["content-type"] == "text/event-stream" && response.headers["cache-control"] == "no-store")
        #expect(try await text(response) == "data: \"a\"\n\ndata: \"b\\nc\"\n\nevent: end\ndata:\n\n")
    }

    @Test(arguments: ["text/event-stream;q=0", "text/event-stream; q=0.00, text/html", "*/*", "text/html"])
    func noEventsWhereTheyAreNotWanted(accept: String) throws {
        #expect(try call(["accept": accept]).live(MessageStream(of: "a")).status == .upgradeRequired)
    }

    @Test(arguments: [
        ("2", "id: 3\ndata: 30\n\n"), ("3", ""), ("99", ""), ("x", "id: 1\ndata: 10\n\nid: 2\ndata: 20\n\nid: 3\ndata: 30\n\n"),
    ])
    func eventsOfAStreamThatReplaysGoOnAfterTheLastSeen(seen: String, rest: String) async throws {
        let stream = MessageStream(of: 1, 2, 3).replaying().mapped { $0 * 10 }.within(RequestContext())
        let response = try call(["accept": "text/event-stream", "last-event-id": seen]).live(stream)
        #expect(try await text(response) == rest + "event: end\ndata:\n\n")
    }

    @Test(arguments: ["1", "2", "99"])
    func aStreamThatIsOnlyLiveLosesNoValue(seen: String) async throws {
        let response = try call(["accept": "text/event-stream", "last-event-id": seen]).live(MessageStream(of: 10, 20, 30))
        #expect(try await text(response) == "data: 10\n\ndata: 20\n\ndata: 30\n\nevent: end\ndata:\n\n")
    }

    @Test func aProblemIsTheLastEvent() async throws {
        let stream = failing(after: 7, with: Problem(.conflict, "Too late."))
        let events = try await text(call(["accept": "text/event-stream"]).live(stream))
        #expect(events.hasPrefix("data: 7\n\nevent: error\ndata: {\"type\":\"about:blank\",\"title\":\"Conflict\",\"status\":409"))
    }

    @Test func anErrorThatIsNoProblemTellsNothing() async throws {
        struct Secret: Error {}
        let events = try await text(call(["accept": "text/event-stream"]).live(failing(after: 7, with: Secret())))
        #expect(events.contains("\"status\":500") && !events.contains("Secret"))
    }

    @Test func aReaderOfEventsReadsThem() async throws {
        guard case .stream(let pieces, _) = try call(["accept": "text/event-stream"]).live(MessageStream(of: 1, 2)).body else { return }
        var values: [Int] = []
        for try await value in ServerSentEvents.values(of: MessageStream(pieces)) as MessageStream<Int> { values.append(value) }
        #expect(values == [1, 2])
    }

    @Test func silenceIsFilled() async throws {
        let latch = AsyncStream.makeStream(of: Void.self)
        let stream = MessageStream<[UInt8]>(unfolding: {
            for await _ in latch.stream { return [1] }
            return nil
        })
        var iterator = FilledStream(stream: stream, filler: [0], pause: .milliseconds(5)).makeAsyncIterator()
        #expect(try await iterator.next() == [0])
        #expect(try await iterator.next() == [0])
        latch.continuation.yield()
        var next = try await iterator.next()
        while next == [0] { next = try await iterator.next() }
        #expect(next == [1])
        latch.continuation.finish()
        while next != nil { next = try await iterator.next() }
    }

    @Test func aFilledStreamGoesNoFurtherThanItsReader() async throws {
        let made = Mutex(0)
        let stream = MessageStream<[UInt8]>(unfolding: {
            made.withLock {
                $0 += 1
                return [UInt8($0)]
            }
        })
        var iterator = FilledStream(stream: stream, filler: [], pause: .seconds(60)).makeAsyncIterator()
        for number in 1...50 { #expect(try await iterator.next() == [UInt8(number)]) }
        #expect(made.withLock { $0 } <= 52)
    }

    @Test func aWebSocketSendsEachValue() async throws {
        var headers = Self.webSocket
        headers["sec-websocket-protocol"] = "other, roost"
        let response = try call(headers).live(MessageStream(of: 1, 2))
        #expect(response.status == .switchingProtocols)
        guard case .webSocket(let subprotocol, _)? = response.upgrade else { return }
        #expect(subprotocol == "roost")
        let socket = try await talk(response)
        #expect(socket.sent == [.text("1"), .text("2")] && socket.closed == nil)
    }

    @Test func aProblemIsACloseCode() async throws {
        let socket = try await talk(call(Self.webSocket).live(failing(after: 7, with: Problem(.conflict, "Too late."))))
        #expect(socket.sent == [.text("7")] && socket.closed?.code == 4409 && socket.closed?.reason == "Too late.")
    }

    @Test func aClientThatLeavesEndsTheStream() async throws {
        let endless = MessageStream<Int>(unfolding: {
            // Longer than the test: it ends only by being cancelled.
            try await Task.sleep(for: .seconds(3600))
            return 1
        })
        var response = try call(Self.webSocket).live(endless)
        response.headers = [:]
        guard case .webSocket(_, let run)? = response.upgrade else { return }
        try await run(ScriptedSocket([.text("ignored")], thenLeaves: true))
    }

    @Test func whatTheClientSendsIsTheFunctionsInput() async throws {
        var call = try call(Self.webSocket)
        let numbers = try #require(try await call.body(as: MessageStream<Int>.self))
        let socket = try await talk(call.live(numbers.mapped { $0 * 2 }), [.text("1"), .text(" 21 ")])
        #expect(socket.sent == [.text("2"), .text("42")] && socket.closed == nil)
    }

    @Test(arguments: [
        (WebSocketMessage.text("{"), UInt16(1007)), (.text("\"x\""), 1008), (.binary([1]), 1003),
        (.text("1" + String(repeating: " ", count: 32)), 1009),
    ])
    func whatIsNoInputCloses(message: WebSocketMessage, code: UInt16) async throws {
        var call = try call(Self.webSocket)
        let numbers = try #require(try await call.body(as: MessageStream<Int>.self))
        let socket = try await talk(call.live(numbers), [.text("1"), message, .text("2")])
        #expect(socket.sent == [.text("1")] && socket.closed?.code == code)
    }

    @Test func whoAsksForNeitherIsToldBoth() throws {
        let response = try call(["accept": "*/*"]).live(MessageStream(of: 1))
        #expect(response.status == .upgradeRequired && response.headers["upgrade"] == "websocket")
    }

    @Test func aTokenMayComeAsASubprotocol() {
        var request = Request(.get, "/", headers: Self.webSocket)
        request.headers["sec-websocket-protocol"] = "roost, bearer.a.b-c_d"
        #expect(request.takeBearerSubprotocol() == "a.b-c_d")
        #expect(request.offeredSubprotocols == ["roost"])
        request.headers["sec-websocket-protocol"] = "bearer.abc"
        #expect(request.takeBearerSubprotocol() == nil)
        request.headers["sec-websocket-protocol"] = "roost, bearer.abc"
        request.headers["upgrade"] = nil
        #expect(request.takeBearerSubprotocol() == nil)
    }

    private func failing(after value: Int, with error: any Error) -> MessageStream<Int> {
        let count = Mutex(0)
        return MessageStream(unfolding: {
            let isFirst = count.withLock { count in
                count += 1
                return count == 1
            }
            if isFirst { return value }
            throw error
        })
    }
}

/// A socket whose client has sent all of its messages.
private final class ScriptedSocket: WebSocket {
    private struct State {
        var incoming: ArraySlice<WebSocketMessage>
        var sent: [WebSocketMessage] = []
        var closed: (code: UInt16, reason: String)?
    }

    private let state: Mutex<State>
    private let leaves: Bool

    /// - Parameter leaves: Whether the client closes at its end, even if nobody waits for its input.
    init(_ messages: [WebSocketMessage], thenLeaves leaves: Bool = false) {
        state = Mutex(State(incoming: messages[...]))
        self.leaves = leaves || !messages.isEmpty
    }

    var sent: [WebSocketMessage] { state.withLock { $0.sent } }
    var closed: (code: UInt16, reason: String)? { state.withLock { $0.closed } }

    func receive() async throws -> WebSocketMessage? {
        if let next = state.withLock({ $0.incoming.popFirst() }) { return next }
        // Longer than the test: it ends only by being cancelled.
        if !leaves { try await Task.sleep(for: .seconds(3600)) }
        return nil
    }

    func send(_ message: WebSocketMessage) async throws { state.withLock { $0.sent.append(message) } }

    func close(_ code: UInt16, _ reason: String) async throws {
        state.withLock { if $0.closed == nil { $0.closed = (code, reason) } }
    }
}
