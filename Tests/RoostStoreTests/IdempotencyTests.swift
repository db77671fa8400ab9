import Foundation
import Roost
import RoostData
import RoostGRPC
import RoostHTTP
import RoostSQLite
import RoostStore
import RoostSystemTesting
import Testing

@testable import RoostIdempotency

@Suite(.timeLimit(.minutes(5))) struct IdempotencyTests {
    private let directory: TemporaryFolder
    private let orders = Orders()

    init() throws { directory = try TemporaryFolder() }

    private func interceptor(
        clock: any ServiceClock = WallClock(), storeClock: any ServiceClock = WallClock()
    ) async throws -> IdempotencyInterceptor {
        IdempotencyInterceptor(store: try await SQLiteStore.open(directory.databaseURL(), clock: storeClock), clock: clock)
    }

    private static let place = Route("orders.place", .post, "/orders", takesIdempotencyKey: true)

    private func send(
        _ interceptor: IdempotencyInterceptor, key: String? = "k1", body: String = "{}", path: String = "/orders",
        by principal: Principal = .account("a"), codec: any CallCodec = RESTCodec(), to route: Route = IdempotencyTests.place
    ) async throws -> Response {
        var request = Request(.post, path, body: .text(body))
        request.codec = codec
        request.headers["idempotency-key"] = key
        return try await send(interceptor, request, to: route, by: principal)
    }

    private func send(
        _ interceptor: IdempotencyInterceptor, _ request: Request, to route: Route = IdempotencyTests.place,
        by principal: Principal = .account("a")
    ) async throws -> Response {
        let call = CallInfo(route, .inbound, context: RequestContext(principal: principal), request: request)
        return try await interceptor.intercept(call) { [orders] call in
            try await orders.respond(try #require(call.request), call.context)
        }
    }

    @Test func theSameKeyAndBodyGetTheFirstResponseAgain() async throws {
        let first = try await send(interceptor())
        let again = try await send(interceptor())
        #expect(again.status == .created)
        #expect(again.headers["location"] == first.headers["location"])
        #expect(again.headers["idempotency-replayed"] == "true")
        #expect(first.headers["idempotency-replayed"] == nil)
        #expect(try await again.body.collect(upTo: 100) == first.body.collect(upTo: 100))
        #expect(orders.count == 1)
    }

    @Test func anotherBodyIsA422() async throws {
        let interceptor = try await interceptor()
        _ = try await send(interceptor)
        await #expect { try await send(interceptor, body: "[]") } throws: { ($0 as? Problem)?.status == .unprocessable }
        #expect(orders.count == 1)
    }

    @Test func callersOperationsAndKeysAreApart() async throws {
        let interceptor = try await interceptor()
        _ = try await send(interceptor)
        _ = try await send(interceptor, key: "k2")
        _ = try await send(interceptor, by: .account("b"))
        _ = try await send(interceptor, by: .service("a"))
        _ = try await send(interceptor, to: Route("carts.place", .post, "/orders", takesIdempotencyKey: true))
        #expect(orders.count == 5)
    }

    @Test func aKeyNamesOneRequestWhateverItsPathOrWire() async throws {
        let interceptor = try await interceptor()
        _ = try await send(interceptor)
        await #expect { try await send(interceptor, path: "/orders/2") } throws: { ($0 as? Problem)?.status == .unprocessable }
        await #expect { try await send(interceptor, codec: MessageCodec()) } throws: { ($0 as? Problem)?.status == .unprocessable }
        #expect(orders.count == 1)
    }

    @Test("Nothing tells one who is not signed in from another, so their keys have no effect, whatever they are", arguments: ["k1", "a b"])
    func thoseWhoAreNotSignedInHaveNoKeys(key: String) async throws {
        let interceptor = try await interceptor()
        let first = try await send(interceptor, key: key, by: .anonymous), second = try await send(interceptor, key: key, by: .anonymous)
        #expect(first.headers["location"] != second.headers["location"] && second.headers["idempotency-replayed"] == nil)
        #expect(try await Database.open(directory.databaseURL()).query("SELECT 1 FROM roost_entries").isEmpty)
    }

    @Test func theStoreHoldsNothingOfAResponseOrARequestThatCanBeRead() async throws {
        let interceptor = try await interceptor()
        _ = try await send(interceptor, key: "a-key-of-mine", body: "my secret")
        for file in ["", "-wal"] {
            let content = try Data(contentsOf: URL(fileURLWithPath: directory.databaseURL().dropFirst(7) + file))
            for text in ["order 1", "/orders/1", "a-key-of-mine", "my secret"] { #expect(content.range(of: Data(text.utf8)) == nil) }
        }
        #expect(try await send(interceptor, key: "a-key-of-mine", body: "my secret").headers["location"] == "/orders/1")
    }

    @Test func aCallOfTwoMessagesIsNotOneOfTheirSum() async throws {
        let stream = MessageStream(of: [1, 2] as [UInt8], [3])
        var request = Request(.post, "/orders.Orders/Place", headers: ["idempotency-key": "k"], body: .stream(stream, length: nil))
        request.codec = MessageCodec()
        let interceptor = try await interceptor()
        await #expect {
            try await send(interceptor, request)
        } throws: {
            ($0 as? Problem)?.status == .badRequest
        }
        #expect(orders.count == 0)
    }

    @Test func aRouteThatTakesKeysIsNotServedWithoutAMemory() async throws {
        let endpoint = Endpoint(Self.place) { _ in Response() }
        #expect(throws: ConfigurationError.self) { try Router([endpoint]) }
        _ = try Router([endpoint].rememberingResponses(in: try await SQLiteStore.open(directory.databaseURL())))
        _ = try Router([Endpoint(proxying: Self.place) { _, _ in Response() }])
    }

    @Test func withoutAKeyEveryPostIsAnother() async throws {
        let interceptor = try await interceptor()
        for _ in 0..<2 { _ = try await send(interceptor, key: nil) }
        #expect(orders.count == 2)
    }

    @Test(arguments: ["", "a b", "ä", String(repeating: "k", count: 256)])
    func aWrongKeyIsA400(_ key: String) async throws {
        let interceptor = try await interceptor()
        await #expect { try await send(interceptor, key: key) } throws: { ($0 as? Problem)?.status == .badRequest }
    }

    @Test func aLargeBodyIsA413() async throws {
        let interceptor = try await interceptor()
        let body = String(repeating: " ", count: 1 << 20) + " "
        await #expect { try await send(interceptor, body: body) } throws: { ($0 as? Problem)?.status == .contentTooLarge }
    }

    @Test func refusalsAreKeptAndPassingFailuresAreNot() async throws {
        let interceptor = try await interceptor()
        orders.fails(with: Problem(.unprocessable, "no"))
        #expect(try await send(interceptor).status == .unprocessable)
        orders.fails(with: nil)
        #expect(try await send(interceptor).status == .unprocessable)
        #expect(orders.count == 1)
        let passing: [Status] = [.unavailable, .internalError]
        for (index, status) in passing.enumerated() {
            orders.fails(with: Problem(status))
            await #expect(throws: Problem.self) { try await send(interceptor, key: "f\(index)") }
            orders.fails(with: nil)
            #expect(try await send(interceptor, key: "f\(index)").status == .created)
        }
        for status in [Status.unauthorized, .forbidden, .tooManyRequests] {
            orders.fails(with: Problem(status))
            #expect(try await send(interceptor, key: "r\(status.code)").status == status)
            orders.fails(with: nil)
            #expect(try await send(interceptor, key: "r\(status.code)").status == .created)
        }
    }

    @Test func whileTheFirstIsUnderWayASecondIsA409() async throws {
        // By the store's clock no time passes, so no lease ends.
        let clock = TestClock(), interceptor = try await interceptor(clock: clock, storeClock: TestClock())
        let gate = orders.hold()
        async let first = send(interceptor)
        await gate.reached()
        let database = try await Database.open(directory.databaseURL())
        let taken = try await version(in: database)
        // A renewed lease is a new version of the entry.
        try await clock.advance(by: .seconds(1), until: "the lease is renewed") { try await version(in: database) != taken }
        await #expect {
            try await send(interceptor)
        } throws: {
            ($0 as? Problem)?.status == .conflict && ($0 as? Problem)?.headers["retry-after"] != nil
        }
        gate.open()
        #expect(try await first.status == .created)
        #expect(try await send(interceptor).headers["idempotency-replayed"] == "true")
        #expect(orders.count == 1)
    }

    private func version(in database: Database) async throws -> Int64? {
        try await database.first("SELECT version FROM roost_entries")?.get("version")
    }

    @Test func aProcessThatDiesFreesTheKeyAfterItsLease() async throws {
        let store = try await SQLiteStore.open(directory.databaseURL())
        let interceptor = IdempotencyInterceptor(store: store)
        // What a process leaves behind if it dies after it took the key: the mark of a request in progress, with the remaining time of its
        // lease.
        let gate = orders.hold()
        let task = Task { try await send(interceptor) }
        await gate.reached()
        let database = try await Database.open(directory.databaseURL())
        let name = try #require(try await database.first("SELECT key FROM roost_entries")?.get("key", as: String.self))
        let mark = try #require(try await store.get(name))
        gate.open()
        _ = try await task.value
        try await store.put(name, mark.bytes, ttl: .milliseconds(20), if: .always)
        var response: Response?
        while response == nil {
            do { response = try await send(interceptor) } catch let problem as Problem where problem.status == .conflict {}
        }
        #expect(response?.status == .created)
        #expect(orders.count == 2)
    }

    @Test func aResponseReadsBackAsItWasKept() throws {
        let answer = StoredResponse.Content(status: 201, fields: ["location", "/a\n\"b\""], body: [0, 10, 255])
        #expect(StoredResponse.Content(answer.bytes) == answer)
        for kept in [StoredResponse(fingerprint: "f"), StoredResponse(fingerprint: "f", sealed: [10, 0, 255])] {
            #expect(StoredResponse(kept.bytes) == kept)
        }
        #expect(StoredResponse([]) == nil && StoredResponse.Content([UInt8]("[\"x\"]\n".utf8)) == nil)
        let seal = ResponseSeal(key: "k", caller: "account a", operation: "o")
        #expect(seal.open(try seal.close(answer.bytes)) == answer.bytes && seal.open([1, 2, 3]) == nil)
        #expect(ResponseSeal(key: "k", caller: "account b", operation: "o").open(try seal.close([1])) == nil)
    }
}
