import Roost
import RoostHTTP
import RoostTesting
import Testing

@Suite(.timeLimit(.minutes(5))) struct TestClientTests {
    @Test func aServiceIsTestedWithoutASocket() async throws {
        try await Greeter().test { client in
            let response = try await client.send(.get, "/hello/Ada%20L")
            #expect(response.status == .ok && response.text == "Hello, Ada L!")
            #expect(response.headers["content-type"] == "text/plain; charset=utf-8")
            #expect(try await client.send(.get, "/hello").status == .notFound)
        }
    }

    @Test func aFunctionGetsTheCallerThatTheTestSays() async throws {
        #expect(Greeter().greetMe(caller: Principal.Account("ada")) == "Hello, ada!")
        try await Greeter().test { client in
            let response = try await client.as(.account("ada")).send(.get, "/hello/me")
            #expect(response.text == "Hello, ada!")
            #expect(try await client.send(.get, "/hello/me").status == .unauthorized)
            #expect(try await client.as(.service("loans")).send(.get, "/hello/me").status == .forbidden)
        }
    }

    @Test func aClientIsWhomTheTestSays() async throws {
        try await LibraryAPIContract.test(Library()) { client in
            let book = Book(title: "Emma")
            #expect(try await client.send(.post, "/books", body: book).status == .unauthorized)
            #expect(try await client.as(.account("ada")).send(.post, "/books", body: book).status == .forbidden)
            let keeper = client.as(.account("kim", roles: ["keeper"]))
            let response = try await keeper.send(.post, "/books", body: book)
            #expect(response.status == .created && response.headers["location"] == "/books/Emma")
            #expect(try response.decode(as: Book.self) == book)
            #expect(try await keeper.send(.get, "/me").text == "kim")
            #expect(try await keeper.send(.delete, "/books/Emma").status == .forbidden)
            #expect(try await client.as(.service("loans")).send(.delete, "/books/Emma").status == .noContent)
        }
    }

    @Test func aProblemListsItsFaults() async throws {
        try await LibraryAPIContract.test(Library()) { client in
            let keeper = client.as(.account("kim", roles: ["keeper"]))
            let response = try await keeper.send(.post, "/books", json: #"{"title":"","pages":"many"}"#)
            #expect(response.status == .unprocessable)
            #expect(response.problem.errors.map(\.pointer) == ["/title", "/pages"])
            let lent = try await client.send(.get, "/failures/problem")
            #expect(lent.problem.type == "https://example.org/lent" && lent.headers["retry-after"] == "3")
            let hidden = try await client.send(.get, "/failures/fire", headers: ["x-request-id": "r1"])
            #expect(hidden.status == .internalError && !hidden.text.contains("Fire") && hidden.headers["x-request-id"] == "r1")
        }
    }

    @Test func aTypedClientTakesTheSameWay() async throws {
        try await LibraryAPIContract.test(Library()) { client in
            let library = client.as(.account("kim", roles: ["keeper"])).calling(LibraryAPIContract.self)
            #expect(try await library.book(title: "a b/c", edition: 2) == Book(title: "a b/c", pages: 2))
            #expect(try await library.me() == "kim")
            await #expect(performing: { try await library.remove(title: "Emma") }, throws: refused(with: .forbidden))
            await #expect(performing: { try await library.add(Book(title: "")) }, throws: refused(with: .unprocessable))
            var pages: [Int] = []
            for try await page in try await library.pages(count: 3) { pages.append(page) }
            #expect(pages == [0, 1, 2])
            #expect(try await library.sum(MessageStream(of: 1, 2, 3)) == 6)
            #expect(try await withIdempotencyKey("k") { try await library.lend(Book(title: "Emma")) } == "k")
        }
    }

    /// Accepts the identity that a caller claims.
    private struct Word: Middleware {
        func respond(to request: Request, in context: RequestContext, next: Responder) async throws -> Response {
            var context = context
            if let name = request.headers["x-name"] { context.principal = .account(name) }
            var response = try await next(request, context)
            response.headers.add("x-route", request.route?.operation ?? "none")
            return response
        }
    }

    private struct Closed: Interceptor {
        func intercept<Reply: Sendable>(
            _ call: CallInfo, _ next: @escaping @Sendable (CallInfo) async throws -> Reply
        ) async throws -> Reply {
            if call.route.operation == "library.pages" { throw Problem(.unavailable, "Closed.") }
            return try await next(call)
        }
    }

    @Test func middlewareAndInterceptorsApply() async throws {
        try await LibraryAPIContract.test(Library(), middleware: [Word()], interceptors: [Closed()]) { client in
            let response = try await client.send(.get, "/me", headers: ["x-name": "eve"])
            #expect(response.text == "eve" && response.headers["x-route"] == "library.me")
            #expect(try await client.as(.account("ada")).send(.get, "/me", headers: ["x-name": "eve"]).text == "ada")
            let closed = try await client.send(.get, "/pages/1", headers: ["accept": "text/event-stream"])
            #expect(closed.status == .unavailable && closed.problem.detail == "Closed.")
        }
    }

    @Test func endpointsThatCollideAreRefused() async throws {
        let endpoints = LibraryAPIContract.endpoints(of: Library())
        await #expect(throws: ConfigurationError.self) { try await (endpoints + endpoints).test { _ in } }
    }
}
