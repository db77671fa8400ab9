import Foundation
import Roost
import RoostData
import Testing

@testable import RoostStore

@Suite(.timeLimit(.minutes(1))) struct IdempotencyTests {
    private let directory: TemporaryDirectory
    private let orders = Orders()

    init() throws { directory = try TemporaryDirectory() }

    private func middleware(lease: Duration = .seconds(5)) async throws -> IdempotencyMiddleware {
        IdempotencyMiddleware(store: try await EmbeddedStore.open(directory.url()), lease: lease)
    }

    private func send(
        _ middleware: IdempotencyMiddleware, key: String? = "k1", body: String = "{}", path: String = "/orders",
        by principal: Principal = .account("a")
    ) async throws -> Response {
        var request = Request(.post, path, body: .text(body))
        request.headers["idempotency-key"] = key
        return try await middleware.respond(to: request, in: RequestContext(principal: principal), next: orders.respond)
    }

    @Test func theSameKeyAndBodyGetTheFirstAnswerAgain() async throws {
        let first = try await send(middleware())
        let again = try await send(middleware())
        #expect(again.status == .created)
        #expect(again.headers["location"] == first.headers["location"])
        #expect(again.headers["idempotency-replayed"] == "true")
        #expect(first.headers["idempotency-replayed"] == nil)
        #expect(try await again.body.collect(upTo: 100) == first.body.collect(upTo: 100))
        #expect(orders.count == 1)
    }

    @Test func anotherBodyIsA422() async throws {
        let middleware = try await middleware()
        _ = try await send(middleware)
        await #expect { try await send(middleware, body: "[]") } throws: { ($0 as? Problem)?.status == .unprocessable }
        #expect(orders.count == 1)
    }

    @Test func callersPathsAndKeysAreApart() async throws {
        let middleware = try await middleware()
        _ = try await send(middleware)
        _ = try await send(middleware, key: "k2")
        _ = try await send(middleware, path: "/carts")
        _ = try await send(middleware, by: .account("b"))
        _ = try await send(middleware, by: .anonymous)
        _ = try await send(middleware, by: .service("a"))
        #expect(orders.count == 6)
    }

    @Test func withoutAKeyEveryPostIsAnother() async throws {
        let middleware = try await middleware()
        for _ in 0..<2 { _ = try await send(middleware, key: nil) }
        #expect(orders.count == 2)
    }

    @Test(arguments: ["", "a b", "ä", String(repeating: "k", count: 256)])
    func aWrongKeyIsA400(_ key: String) async throws {
        let middleware = try await middleware()
        await #expect { try await send(middleware, key: key) } throws: { ($0 as? Problem)?.status == .badRequest }
    }

    @Test func aLargeBodyIsA413() async throws {
        let middleware = try await middleware()
        let body = String(repeating: " ", count: 1 << 20) + " "
        await #expect { try await send(middleware, body: body) } throws: { ($0 as? Problem)?.status == .contentTooLarge }
    }

    @Test func refusalsAreKeptAndPassingFailuresAreNot() async throws {
        let middleware = try await middleware()
        orders.fails(with: Problem(.unprocessable, "no"))
        #expect(try await send(middleware).status == .unprocessable)
        orders.fails(with: nil)
        #expect(try await send(middleware).status == .unprocessable)
        #expect(orders.count == 1)
        let passing: [Status] = [.unavailable, .internalError]
        for (index, status) in passing.enumerated() {
            orders.fails(with: Problem(status))
            await #expect(throws: Problem.self) { try await send(middleware, key: "f\(index)") }
            orders.fails(with: nil)
            #expect(try await send(middleware, key: "f\(index)").status == .created)
        }
        for status in [Status.unauthorized, .forbidden, .tooManyRequests] {
            orders.fails(with: Problem(status))
            #expect(try await send(middleware, key: "r\(status.code)").status == status)
            orders.fails(with: nil)
            #expect(try await send(middleware, key: "r\(status.code)").status == .created)
        }
    }

    @Test func whileTheFirstIsUnderWayASecondIsA409() async throws {
        let middleware = try await middleware(lease: .seconds(3))
        let gate = orders.hold()
        async let first = send(middleware)
        await gate.reached()
        let database = try await Database.open(directory.url())
        let taken = try await version(in: database)
        // A lease that is renewed is a new version of the entry; nothing tells of it.
        while try await version(in: database) == taken { try await Task.sleep(for: .milliseconds(20)) }
        await #expect {
            try await send(middleware)
        } throws: {
            ($0 as? Problem)?.status == .conflict && ($0 as? Problem)?.headers["retry-after"] != nil
        }
        gate.open()
        #expect(try await first.status == .created)
        #expect(try await send(middleware).headers["idempotency-replayed"] == "true")
        #expect(orders.count == 1)
    }

    private func version(in database: Database) async throws -> Int64? {
        try await database.first("SELECT version FROM roost_entries")?.get("version")
    }

    @Test func aProcessThatDiesFreesTheKeyAfterItsLease() async throws {
        let store = try await EmbeddedStore.open(directory.url())
        let middleware = IdempotencyMiddleware(store: store)
        // What a process leaves behind that dies after it took the key: the mark of a request under way, with what its lease still lasts.
        let gate = orders.hold()
        let task = Task { try await send(middleware) }
        await gate.reached()
        let database = try await Database.open(directory.url())
        let name = try #require(try await database.first("SELECT key FROM roost_entries")?.get("key", as: String.self))
        let mark = try #require(try await store.get(name))
        gate.open()
        _ = try await task.value
        try await store.put(name, mark.bytes, ttl: .milliseconds(20), if: .always)
        var response: Response?
        while response == nil {
            do { response = try await send(middleware) } catch let problem as Problem where problem.status == .conflict {}
        }
        #expect(response?.status == .created)
        #expect(orders.count == 2)
    }

    @Test func anAnswerReadsBackAsItWasKept() throws {
        let answer = StoredAnswer.Answer(status: 201, fields: ["location", "/a\n\"b\""], body: [0, 10, 255])
        for kept in [StoredAnswer(fingerprint: "f"), StoredAnswer(fingerprint: "f", answer: answer)] {
            #expect(StoredAnswer(kept.bytes) == kept)
        }
        #expect(StoredAnswer(Array("[\"f\",\"x\"]\n".utf8)) == nil)
        #expect(StoredAnswer([]) == nil)
    }
}
