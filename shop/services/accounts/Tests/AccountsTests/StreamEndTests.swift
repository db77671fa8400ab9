import Accounts
import AccountsAPI
import Foundation
import Roost
import RoostAuth
import RoostGRPC
import RoostGateway
import RoostHTTP
import RoostSQLite
import RoostSystem
import RoostSystemTesting
import ShopCommon
import Synchronization
import Testing

/// Sends one value, and then nothing forever.
@Contract("ticker", access: .signedIn)
protocol TickerAPI: Sendable {
    @Live("/ticks")
    func ticks() async throws -> MessageStream<Int>
    /// Reads values until the stream ends.
    @Post("/sums")
    func sum(_ numbers: MessageStream<Int>) async throws -> Int
}

@Service(TickerAPI.self)
struct TickerService: ServiceDefinition, TickerAPI {
    let name = "ticker"

    func assemble(on host: ServiceHost) async throws -> TickerService {
        let accounts = try await host.client(for: AccountsAPIContract.self)
        host.use(host.shopMiddleware(keys: accounts.keys))
        return self
    }

    func ticks() async throws -> MessageStream<Int> {
        MessageStream(AsyncStream { continuation in continuation.yield(1) })
    }

    func sum(_ numbers: MessageStream<Int>) async throws -> Int {
        var sum = 0
        for try await number in numbers { sum += number }
        return sum
    }
}

/// Live streams end when their session does, wherever the session is ended.
@Suite(.timeLimit(.minutes(5))) struct StreamEndTests {
    enum Wire: CaseIterable { case webSocket, events, calls, sentCalls }
    enum Place: CaseIterable { case direct, together, apart }

    private static let settings = ["SERVICE_KEY": "a key for services"]

    @Test(arguments: Wire.allCases, Place.allCases)
    func aStreamEndsWithItsSessionThoughItIsEndedOnAnotherReplica(wire: Wire, place: Place) async throws {
        let folder = try TemporaryFolder()
        try await TestSystem.run(Self.settings, in: folder) {
            Gateway(port: 0)
            AccountsService()
            TickerService()
        } test: { system in
            let ada = try await SignedIn.ada(in: system)
            let other = try await SignedIn.again(in: system)
            try await TestSystem.run(Self.settings, in: folder) {
                AccountsService()
            } test: { replica in
                try await door(of: system, place: place, in: folder) { port in
                    let stream = try await Watcher(wire, at: port, token: ada.tokens.accessToken)
                    let kept = try await Watcher(wire, at: port, token: other.tokens.accessToken)
                    try await replica.client(AccountsAPIContract.self, as: .bearer(ada.tokens.accessToken)).signOut(.signedIn)
                    #expect(try await stream.end() == .unauthorized)
                    #expect(kept.isOpen)
                    try await replica.client(AccountsAPIContract.self, as: .bearer(other.tokens.accessToken)).signOut(.signedIn)
                    #expect(try await kept.end() == .unauthorized)
                }
            }
        }
    }

    @Test(arguments: Wire.allCases)
    func aStreamEndsWhenItsTokenExpires(wire: Wire) async throws {
        let key = SigningKey.generate()
        let keys = JSONWebKeySet(keys: [key.webKey])
        try await TestSystem.run {
            ServiceDouble(AccountsAPIContract.self, by: AccountsAPIDouble(keys: { keys }))
            TickerService()
        } test: { system in
            let issuer = TokenIssuer(issuer: ShopTokens.issuer, audience: ShopTokens.audience, key: key, lifetime: 2)
            let token = try await issuer.issue(to: UUID.v7().text, session: UUID.v7().text)
            let stream = try await Watcher(wire, at: try await system.port(of: "ticker"), token: token)
            #expect(try await stream.end() == .unauthorized)
        }
    }

    private func door(of system: TestSystem, place: Place, in folder: TemporaryFolder, _ body: (_ port: Int) async throws -> Void)
        async throws
    {
        switch place {
        case .direct: try await body(try await system.port(of: "ticker"))
        case .together: try await body(try await system.port(of: "gateway"))
        case .apart:
            let page = ServiceSystem("test", drivers: [.sqlite]) {
                Gateway(port: 0)
                AccountsService()
                TickerService()
            }
            let addresses = "ticker=127.0.0.1:\(try await system.port(of: "ticker"))"
            let running = try await RunningServices.start(
                page, ["gateway"],
                settings: Settings(["DATA_DIR": folder.path, "PORT": "0", "ADDRESSES": addresses]).with(Self.settings), grace: .zero)
            try await running.run { try await body(try #require(await running.ports["gateway"])) }
        }
    }
}

/// A watcher that has received the first value.
private final class Watcher: Sendable {
    private let task: Task<Status, any Error>
    private let over = Flag()
    private let socket: WebSocketConnection?
    private let close: @Sendable () -> Void

    init(_ wire: StreamEndTests.Wire, at port: Int, token: String) async throws {
        let address = HTTPAddress(host: "127.0.0.1", port: port)
        let http = PooledHTTPClient()
        let caller = ServiceCaller.grpc(to: address, as: ServiceIdentity(name: "test"))
        let (began, begin) = AsyncThrowingStream.makeStream(of: Void.self)
        let fields: Headers = ["authorization": "Bearer \(token)"]
        close = {
            caller.close()
            http.shutdown()
        }
        var context = RequestContext()
        context.authorization = "Bearer \(token)"
        switch wire {
        case .webSocket:
            let socket = try await http.webSocket("/ticks", at: address, headers: fields)
            self.socket = socket
            task = Task { [over] in
                defer { over.set() }
                while try await socket.receive() != nil { begin.yield() }
                let code = await socket.closed().code
                return Status(Int(code) - 4000)
            }
        case .events, .calls:
            socket = nil
            let carrier: any Caller = wire == .calls ? caller : ServiceCaller.rest(http, to: address, as: ServiceIdentity(name: "test"))
            let stream = try await context.run { try await TickerAPIContract.client(over: carrier).ticks() }
            task = Task { [over] in
                defer { over.set() }
                return try await Self.status { for try await _ in stream { begin.yield() } }
            }
        case .sentCalls:
            socket = nil
            let numbers = MessageStream(AsyncStream<Int> { continuation in continuation.yield(1) })
            let call = context
            task = Task { [over] in
                defer { over.set() }
                begin.yield()
                return try await Self.status {
                    try await call.run { _ = try await TickerAPIContract.client(over: caller).sum(numbers) }
                }
            }
        }
        for try await _ in began { break }
    }

    deinit { close() }

    func end() async throws -> Status { try await task.value }

    var isOpen: Bool { !over.isSet }

    private static func status(_ body: () async throws -> Void) async throws -> Status {
        do {
            try await body()
            return .ok
        } catch let problem as Problem {
            return problem.status
        }
    }
}

private final class Flag: Sendable {
    private let value = Atomic(false)
    var isSet: Bool { value.load(ordering: .acquiring) }
    func set() { value.store(true, ordering: .releasing) }
}

extension Result where Failure == any Error {
    fileprivate init(_ body: () async throws -> Success) async {
        do { self = .success(try await body()) } catch { self = .failure(error) }
    }
}
