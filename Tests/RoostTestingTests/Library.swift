import Roost
import RoostHTTP

/// Something to borrow.
@Schema
struct Book: Equatable {
    @Check(.length(1...20)) var title: String
    var pages: Int = 1
}

/// A contract with every kind of answer.
@Contract("library")
protocol LibraryAPI: Sendable {
    @Get("/books/{title}") func book(title: String, edition: Int?) async throws -> Book
    @Post("/books", status: .created, access: .role("keeper"), location: "/books/{title}") func add(_ book: Book) async throws -> Book
    @Delete("/books/{title}", access: .services) func remove(title: String) async throws
    @Get("/me", access: .signedIn) func me() async throws -> String
    @Get("/failures/{kind}") func fail(kind: String) async throws -> String
    @Post("/loans", access: .signedIn, takesIdempotencyKey: true) func lend(_ book: Book) async throws -> String
    @Live("/pages/{count}") func pages(count: Int) async throws -> MessageStream<Int>
    @Post("/sums") func sum(_ pages: MessageStream<Int>) async throws -> Int
}

struct Library: LibraryAPI {
    struct Fire: Error {}

    func book(title: String, edition: Int?) async throws -> Book { Book(title: title, pages: edition ?? 1) }
    func add(_ book: Book) async throws -> Book { book }
    func remove(title: String) async throws {}
    func me() async throws -> String { RequestContext.current?.principal.id ?? "outside a call" }
    func lend(_ book: Book) async throws -> String { RequestContext.current?.idempotencyKey ?? "no key" }

    func fail(kind: String) async throws -> String {
        switch kind {
        case "problem": throw Problem(.conflict, "It is lent.", type: "https://example.org/lent", headers: ["retry-after": "3"])
        case "never":
            for await _ in AsyncStream<Void>.makeStream().stream {}
            throw CancellationError()
        default: throw Fire()
        }
    }

    func pages(count: Int) async throws -> MessageStream<Int> {
        let numbers = AsyncStream(Int.self) { stream in
            for number in 0..<count { stream.yield(number) }
            stream.finish()
        }
        return MessageStream(numbers)
    }

    func sum(_ pages: MessageStream<Int>) async throws -> Int { try await pages.reduce(0, +) }
}

/// A service without a contract.
@Service
struct Greeter {
    /// Greets a person.
    @Get("/hello/{name}") func greet(name: String) -> String { "Hello, \(name)!" }
    /// Greets whoever is signed in.
    @Get("/hello/me") func greetMe(caller: Principal.Account) -> String { "Hello, \(caller.id)!" }
}
