import Roost
import RoostGRPC
import RoostHTTP
import RoostIdempotency
import RoostSQLite
import RoostStore
import RoostSystemTesting
import Synchronization

@Schema
struct Animal: Equatable {
    @Check(.length(1...20)) var name: String
    var legs: Int = 4
}

/// Every kind of call.
@Contract("zoo")
protocol ZooAPI: Sendable {
    @Get("/who") func who() async throws -> [String]
    @Get("/context") func context() async throws -> [String]
    @Get("/mark") func mark() async throws -> String
    @Post("/animals") func add(_ animal: Animal) async throws -> Animal
    @Get("/animals/{name}") func animal(name: String, note: String?) async throws -> Animal
    @Delete("/animals/{name}", access: .role("keeper")) func remove(name: String) async throws
    @Get("/inside", access: .services) func inside() async throws -> String
    @Post("/births", takesIdempotencyKey: true) func birth(_ animal: Animal) async throws -> Int
    @Get("/failures/{kind}") func fail(kind: String) async throws -> String
    /// Calls `fail(kind:)` as another service would, and does not handle its problem.
    @Get("/relays/{kind}") func relay(kind: String, passes: Bool?) async throws -> String
    @Live("/relays/count/{upTo}") func relayCount(upTo: Int) async throws -> MessageStream<Int>
    /// Never answers by itself.
    @Post("/wait") func wait() async throws
    @Live("/count/{upTo}") func count(upTo: Int) async throws -> MessageStream<Int>
    @Post("/sums") func sum(_ numbers: MessageStream<Int>) async throws -> Int
    @Post("/visits") func visit(_ animal: Animal, by visitor: Principal.Account) async throws -> [String]
    @Post("/visits/kept", takesIdempotencyKey: true) func keep(by visitor: Principal.Account) async throws -> [String]
    @Get("/looks/{name}") func look(_ caller: Principal, name: String, _ visitor: Principal.Account?) async throws -> [String]
    @Get("/tickets/{name}", cookies: ["ticket": "zoo-ticket", "guide": "guide"])
    func enter(name: String, _ ticket: Int?, guide: String?) async throws -> [String]
    @Post("/deliveries") func deliver(from service: Principal.Service, _ animal: Animal) async throws -> String
    @Get("/search") func search(names: [String], legs: [Int]?, diets: [Diet], scores: [Double]) async throws -> [String]
    @Live("/walks/{steps}") func walk(steps: Int, with visitor: Principal.Account) async throws -> MessageStream<String>
}

@Schema
enum Diet: String {
    case hay, fish
}

struct Escape: Error {}

extension Problem.Code {
    static let escaped = Problem.Code(rawValue: "animal_escaped")
}

final class Zoo: ZooAPI {
    @TaskLocal static var mark = "none"

    /// The zoo as a service that the zoo calls.
    let other = Mutex<(any ZooAPI)?>(nil)
    let births = Atomic(0)
    private let waitCount = Atomic(0)
    /// The number of calls that have begun to wait.
    var waiting: Int { waitCount.load(ordering: .relaxed) }
    let waits = AsyncStream.makeStream(of: Void.self)
    let cancelled = AsyncStream.makeStream(of: Void.self)

    func who() async throws -> [String] {
        guard let principal = RequestContext.current?.principal else { return [] }
        return ["\(principal.kind)", principal.id, principal.roles.sorted().joined(), principal.callingService ?? "-"]
    }

    func context() async throws -> [String] {
        guard let context = RequestContext.current else { return [] }
        return [
            context.requestID, context.authorization ?? "-", context.trace.traceID, context.deadline == nil ? "-" : "deadline",
            context.idempotencyKey ?? "-", context.clientAddress ?? "-",
        ]
    }

    func mark() async throws -> String { Self.mark }
    func add(_ animal: Animal) async throws -> Animal { animal }
    func animal(name: String, note: String?) async throws -> Animal { Animal(name: note ?? name) }
    func remove(name: String) async throws {}
    func inside() async throws -> String { "inside" }
    func birth(_ animal: Animal) async throws -> Int { births.add(1, ordering: .relaxed).newValue }

    func fail(kind: String) async throws -> String {
        switch kind {
        case "problem":
            throw Problem(
                .conflict, "The cage is täken.", type: "https://example.org/taken", title: "Taken",
                errors: [Fault(pointer: "/cage", rule: "free", message: "must be free")], headers: ["retry-after": "3"])
        case "cancellation": throw CancellationError()
        case let status where Int(status) != nil:
            throw Problem(Status(Int(status) ?? 0), "Only the caller may know.", code: .escaped, headers: ["retry-after": "7"])
        default: throw Escape()
        }
    }

    func relay(kind: String, passes: Bool?) async throws -> String {
        guard let other = other.withLock({ $0 }) else { throw Escape() }
        guard passes == true else { return try await other.fail(kind: kind) }
        return try await passingOn(.conflict, .notFound) { try await other.fail(kind: kind) }
    }

    func relayCount(upTo: Int) async throws -> MessageStream<Int> {
        guard let other = other.withLock({ $0 }) else { throw Escape() }
        return try await other.count(upTo: upTo)
    }

    func wait() async throws {
        waitCount.add(1, ordering: .relaxed)
        waits.continuation.yield()
        await withTaskCancellationHandler {
            for await _ in AsyncStream<Void>.makeStream().stream {}
        } onCancel: {
            cancelled.continuation.yield()
        }
        throw CancellationError()
    }

    func count(upTo: Int) async throws -> MessageStream<Int> {
        if upTo == 0 { throw Problem(.notFound, "There is nothing to count.") }
        let next = Mutex(0)
        return MessageStream(unfolding: {
            let number = next.withLock { number in
                number += 1
                return number
            }
            if number == 100 { throw Problem(.conflict, "A hundred is too many.") }
            if number == 50, upTo == 60 { throw Escape() }
            return number <= upTo ? number : nil
        })
    }

    func sum(_ numbers: MessageStream<Int>) async throws -> Int {
        var sum = 0
        for try await number in numbers { sum += number }
        return sum
    }

    func visit(_ animal: Animal, by visitor: Principal.Account) async throws -> [String] {
        [animal.name, visitor.id, visitor.roles.sorted().joined(), visitor.callingService ?? "-"]
    }

    func keep(by visitor: Principal.Account) async throws -> [String] { [visitor.id, visitor.callingService ?? "-"] }

    func look(_ caller: Principal, name: String, _ visitor: Principal.Account?) async throws -> [String] {
        ["\(caller.kind)", caller.callingService ?? "-", visitor?.id ?? "-"]
    }

    func enter(name: String, _ ticket: Int?, guide: String?) async throws -> [String] {
        for number in ["0", "1"] { RequestContext.current?.set(try SetCookie("zoo-ticket", number, isSecure: true)) }
        RequestContext.current?.set(try SetCookie("guide", "none", isSecure: true))
        if name == "closed" { throw Problem(.conflict, "The zoo is closed.") }
        return [name, ticket.map { "\($0)" } ?? "-", guide ?? "-"]
    }

    func deliver(from service: Principal.Service, _ animal: Animal) async throws -> String { service.name }

    func search(names: [String], legs: [Int]?, diets: [Diet], scores: [Double]) async throws -> [String] {
        names + [legs.map { "\($0)" } ?? "any legs", diets.map(\.rawValue).joined(separator: " "), "\(scores)"]
    }

    func walk(steps: Int, with visitor: Principal.Account) async throws -> MessageStream<String> {
        MessageStream(of: visitor.id)
    }
}

/// How the zoo is called.
enum Way: CaseIterable, Sendable {
    case local, rest, grpc
}

/// A zoo with a client, in this process or over a wire.
struct OpenZoo {
    let zoo: Zoo
    let client: any ZooAPI
    /// How often an interceptor saw a call of each direction.
    let seen: Seen

    final class Seen: Interceptor {
        private let directions = Mutex<[CallInfo.Direction]>([])
        var all: [CallInfo.Direction] { directions.withLock { $0 } }

        func intercept<Reply: Sendable>(
            _ call: CallInfo, _ next: @escaping @Sendable (CallInfo) async throws -> Reply
        ) async throws -> Reply {
            directions.withLock { $0.append(call.direction) }
            return try await next(call)
        }
    }

    /// Takes a caller's word for who it is: `Bearer name role`.
    private struct Word: Middleware {
        func respond(to request: Request, in context: RequestContext, next: Responder) async throws -> Response {
            var context = context
            if let words = request.headers["authorization"]?.split(separator: " "), words.count == 3 {
                context.principal = .account(String(words[1]), roles: [String(words[2])])
            }
            if request.headers["x-service-key"] == "key", let name = request.headers["x-service-name"] {
                context.principal = context.principal.through(service: name)
            }
            return try await next(request, context)
        }
    }

    static func run(_ way: Way, _ test: (OpenZoo) async throws -> Void) async throws {
        let folder = try TemporaryFolder()
        let store = try await SQLiteStore.open(folder.databaseURL("store.db"))
        let zoo = Zoo(), seen = Seen()
        let endpoints = ZooAPIContract.endpoints(of: zoo).rememberingResponses(in: store).intercepted(by: [seen])
        var configuration = HTTPServer.Configuration(port: 0, callers: .services)
        configuration.protocols = [GRPCProtocol()]
        configuration.middleware = [ClientAddressMiddleware(trusting: .none, key: "key")]
        let router = try Router(endpoints)
        let server = try await HTTPServer.start(configuration, responder: router.responder(through: [Word()]))
        let address = HTTPAddress(host: "127.0.0.1", port: server.port), identity = ServiceIdentity(name: "keeper", key: "key")
        let http = PooledHTTPClient(),
            caller: ServiceCaller = way == .rest ? .rest(http, to: address, as: identity) : .grpc(to: address, as: identity)
        let local = LocalCallee<any ZooAPI>(for: "keeper", codec: MessageCodec()) { LocalService(zoo, endpoints: endpoints) }
        let client = ZooAPIContract.client(of: way == .local ? Callee(local) : Callee(over: caller))
        zoo.other.withLock { $0 = client }
        let result: Result<Void, any Error>
        do { result = .success(try await test(OpenZoo(zoo: zoo, client: client, seen: seen))) } catch { result = .failure(error) }
        caller.close()
        http.shutdown()
        await server.stop(within: .zero)
        await store.close()
        withExtendedLifetime(folder) {}
        try result.get()
    }
}
