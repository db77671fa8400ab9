import Accounts
import AccountsAPI
import AccountsTesting
import Roost
import RoostGRPC
import RoostGateway
import RoostHTTP
import RoostSQLite
import RoostSystem
import RoostSystemTesting
import Testing

/// Sign-ins that fail too often, over every protocol, with and without the gateway, on one replica or several.
@Suite(.timeLimit(.minutes(5))) struct ThrottleTests {
    private static let wrong = Credentials(email: "ada@example.com", password: "a bad password")
    private static let key = ["SERVICE_KEY": "a key for services"]

    private func status(_ accounts: any AccountsAPI, _ credentials: Credentials) async throws -> Status {
        do {
            _ = try await accounts.signIn(credentials)
            return .created
        } catch let problem as Problem {
            if problem.status == .tooManyRequests { #expect(problem.headers["retry-after"].flatMap { Int($0) } != nil) }
            return problem.status
        }
    }

    @Test("After ten failures an account is locked on every replica and wire, whether it exists or not", arguments: [true, false])
    func failuresAreCountedOnEveryReplicaAndWire(exists: Bool) async throws {
        let folder = try TemporaryFolder()
        try await TestSystem.run(in: folder) {
            AccountsService()
        } test: { first in
            if exists { _ = try await SignedIn.ada(in: first) }
            try await TestSystem.run(in: folder) {
                AccountsService()
            } test: { second in
                let address = HTTPAddress(host: "127.0.0.1", port: try await second.port(of: "accounts"))
                let caller = ServiceCaller.grpc(to: address, as: ServiceIdentity(name: "test"))
                defer { caller.close() }
                let wires = [
                    try await first.client(AccountsAPIContract.self), try await second.client(AccountsAPIContract.self),
                    AccountsAPIContract.client(over: caller),
                ]
                for index in 0..<10 { #expect(try await status(wires[index % 3], Self.wrong) == .unauthorized) }
                for wire in wires {
                    #expect(try await status(wire, Self.wrong) == .tooManyRequests)
                    #expect(try await status(wire, SignedIn.credentials) == .tooManyRequests)
                    let loud = Credentials(email: "ADA@example.com", password: "a bad password")
                    #expect(try await status(wire, loud) == .tooManyRequests)
                    let other = Credentials(email: "eve@example.com", password: "a bad password")
                    #expect(try await status(wire, other) == .unauthorized)
                }
            }
        }
    }

    @Test func aSuccessForgetsTheAccountsFailures() async throws {
        try await TestSystem.run {
            AccountsService()
        } test: { system in
            _ = try await SignedIn.ada(in: system)
            let accounts = try await system.client(AccountsAPIContract.self)
            for _ in 0..<3 {
                for _ in 0..<9 { #expect(try await status(accounts, Self.wrong) == .unauthorized) }
                #expect(try await status(accounts, SignedIn.credentials) == .created)
            }
        }
    }

    @Test func manyWhoAreRightAtOnceAllGetIn() async throws {
        try await TestSystem.run {
            AccountsService()
        } test: { system in
            _ = try await SignedIn.ada(in: system)
            let accounts = try await system.client(AccountsAPIContract.self)
            try await withThrowingTaskGroup(of: Status.self) { group in
                // More than may fail, and no more than can be verified while one of them waits.
                for _ in 0..<12 { group.addTask { try await status(accounts, SignedIn.credentials) } }
                for try await status in group { #expect(status == .created) }
            }
        }
    }

    @Test(
        "An address is the client's own, behind the gateway and the proxies that are trusted and no others",
        arguments: ["together", "apart"], ["rest", "grpc"])
    func theClientsOwnAddressIsCounted(place: String, wire: String) async throws {
        let folder = try TemporaryFolder()
        let settings = Self.key.merging(["TRUSTED_PROXIES": "1"]) { $1 }
        try await TestSystem.run(settings, in: folder) {
            Gateway(port: 0)
            AccountsService()
        } test: { system in
            try await gateway(before: system, place: place, in: folder, settings) { port in
                let address = HTTPAddress(host: "127.0.0.1", port: port)
                let http = PooledHTTPClient()
                let caller = ServiceCaller.grpc(to: address, as: ServiceIdentity(name: "test"))
                let carrier: any Caller = wire == "grpc" ? caller : ServiceCaller.rest(http, to: address, as: ServiceIdentity(name: "test"))
                func client(_ told: String) -> any AccountsAPI { AccountsAPIContract.client(over: Telling(carrier, told)) }
                for index in 0..<100 {
                    // Anything before the entry of the trusted hop may be forged by the client.
                    let told = "203.0.113.\(index), 198.51.100.1"
                    let answer = try await status(client(told), .init(email: "\(index)@example.com", password: "x"))
                    #expect(answer == .unauthorized)
                }
                let another = Credentials(email: "another@example.com", password: "x")
                let same = try await status(client("203.0.113.7, 198.51.100.1"), another)
                let other = try await status(client("198.51.100.2"), another)
                #expect(same == .tooManyRequests && other == .unauthorized)
                caller.close()
                http.shutdown()
            }
        }
    }

    /// Runs a gateway in front of a system: the system's own, or one as in another process.
    private func gateway(
        before system: TestSystem, place: String, in folder: TemporaryFolder, _ settings: [String: String],
        _ body: (_ port: Int) async throws -> Void
    ) async throws {
        guard place == "apart" else { return try await body(try await system.port(of: "gateway")) }
        let addresses = "accounts=127.0.0.1:\(try await system.port(of: "accounts"))"
        let page = ServiceSystem("test", drivers: [.sqlite]) {
            Gateway(port: 0)
            AccountsService()
        }
        let running = try await RunningServices.start(
            page, ["gateway"],
            settings: Settings(["DATA_DIR": folder.path, "PORT": "0", "ADDRESSES": addresses]).with(settings), grace: .zero)
        try await running.run { try await body(try #require(await running.ports["gateway"])) }
    }
}

/// A caller behind proxies, which state the client's address.
private struct Telling: Caller {
    let carrier: any Caller
    let told: String

    init(_ carrier: any Caller, _ told: String) {
        self.carrier = carrier
        self.told = told
    }

    var codec: any CallCodec { carrier.codec }

    func send(_ request: Request, for route: Route) async throws -> Response {
        var request = request
        request.headers["x-forwarded-for"] = told
        return try await carrier.send(request, for: route)
    }
}
