import Roost
import RoostData
import RoostGateway
import RoostHTTP
import RoostSQLite
import RoostSystemTesting
import Testing

@testable import RoostSystem

/// Services that call one another, in one process.
@Suite(.timeLimit(.minutes(5))) struct RunningServicesTests {
    @Contract("greeter")
    protocol GreeterAPI: Sendable {
        @Get("/greeting") func greeting() async throws -> String
        @Get("/secret", access: .services) func secret() async throws -> String
    }

    @Contract("caller")
    protocol CallerAPI: Sendable {
        @Get("/call") func call() async throws -> String
    }

    @Service(GreeterAPI.self)
    struct Greeter: ServiceDefinition, GreeterAPI {
        let name = "greeter"

        func assemble(on host: ServiceHost) async throws -> Greeter { self }

        func greeting() async throws -> String { "hello from \(RequestContext.current?.requestID ?? "outside a call")" }
        func secret() async throws -> String { "secret" }
    }

    /// Listed before what it calls: the order of the declaration does not matter.
    struct Calling: ServiceDefinition {
        let name = "caller"

        @Service(CallerAPI.self)
        struct Caller: CallerAPI {
            let greeter: any GreeterAPI
            func call() async throws -> String { try await greeter.greeting() + ", " + greeter.secret() }
        }

        func assemble(on host: ServiceHost) async throws -> Caller {
            Caller(greeter: try await host.client(for: GreeterAPIContract.self))
        }
    }

    @Test func servicesCallOneAnotherDirectly() async throws {
        try await TestSystem.run {
            Gateway(port: 0)
            Calling()
            Greeter()
        } test: { system in
            let gateway = try await system.client(of: "gateway")
            let answer = try await gateway.send(.get, "/call", headers: ["x-request-id": "r9"])
            #expect(answer.text == "hello from r9, secret" && answer.headers["x-request-id"] == "r9")
            #expect(try await gateway.send(.get, "/secret").status == .notFound)
            #expect(try await gateway.send(.get, "/health/ready").status == .notFound)
            #expect(try await system.client(of: "greeter").send(.get, "/secret").status == .forbidden)
            for path in ["/health/live", "/health/ready"] {
                #expect(try await system.client(of: "caller").send(.get, path).status == .ok)
            }
        }
    }

    /// Counts down through the other of two services, each of which has a client of the other.
    struct CountingDown<Implementation: EndpointProvider>: ServiceDefinition {
        let name: String
        let assembly: @Sendable (ServiceHost) async throws -> Implementation

        func assemble(on host: ServiceHost) async throws -> Implementation { try await assembly(host) }
    }

    enum Counters {
        @Service(PingAPI.self)
        struct Ping: PingAPI {
            let pong: any PongAPI
            func ping(from: Int) async throws -> String { from == 0 ? "ping" : try await pong.pong(from: from - 1) + " ping" }
        }

        @Service(PongAPI.self)
        struct Pong: PongAPI {
            let ping: any PingAPI
            func pong(from: Int) async throws -> String { from == 0 ? "pong" : try await ping.ping(from: from - 1) + " pong" }
        }

        static let ping = CountingDown(name: "ping") { Ping(pong: try await $0.client(for: PongAPIContract.self)) }
        static let pong = CountingDown(name: "pong") { Pong(ping: try await $0.client(for: PingAPIContract.self)) }
    }

    @Contract("ping") protocol PingAPI: Sendable { @Get("/ping/{from}") func ping(from: Int) async throws -> String }
    @Contract("pong") protocol PongAPI: Sendable { @Get("/pong/{from}") func pong(from: Int) async throws -> String }

    @Test(arguments: Arrangement.allCases) func servicesThatCallOneAnotherStartInAnyOrder(arrangement: Arrangement) async throws {
        try await TestSystem.run(arrangement: arrangement) {
            Counters.ping
            Counters.pong
        } test: { system in
            let answer = try await system.client(of: "ping").send(.get, "/ping/3")
            #expect(answer.text == "pong ping pong ping")
        }
    }

    @Test func servicesOfDifferentProcessesCallOverTheNetwork() async throws {
        try await TestSystem.run(arrangement: .apart) {
            Gateway(port: 0)
            Calling()
            Greeter()
        } test: { system in
            let answer = try await system.client(of: "gateway").send(.get, "/call", headers: ["x-request-id": "r9"])
            // The greeter here has no middleware that would take the key: over the network its door for services stays shut.
            #expect(answer.status == .badGateway && answer.headers["x-request-id"] == "r9")
        }
    }

    @Test func databasesAreKeptInTheDataFolder() async throws {
        struct Counting: ServiceDefinition {
            let name = "counting"
            let database = DatabaseDefinition(migrations: [Migration("0001", "CREATE TABLE starts (number INTEGER PRIMARY KEY)")])

            func assemble(on host: ServiceHost) async throws -> EndpointGroup {
                let database = try await host.database()
                try await database.execute("INSERT INTO starts DEFAULT VALUES")
                return EndpointGroup()
            }
        }
        let folder = try TemporaryFolder()
        for _ in 0..<2 {
            try await TestSystem.run(in: folder) {
                Counting()
            } test: { _ in
            }
        }
        let database = try await Database.open(folder.databaseURL("counting.db"))
        #expect(try await database.query("SELECT 1 FROM starts").count == 2)
        await database.close()
    }

    @Test(arguments: [
        ("PORT", "abc", "PORT=abc is wrong: it must be a whole number from 0 to 65535"),
        ("ADDRESSES", "x", "ADDRESSES=x is wrong: it must be a list such as accounts=127.0.0.1:4001,catalog=catalog.internal:80"),
        ("DATA_DIR", "/proc/none", "DATA_DIR=/proc/none is wrong: it must be a folder that can be written to"),
    ])
    func aWrongSettingStopsTheStart(key: String, value: String, line: String) async throws {
        await #expect(throws: ConfigurationError(line)) {
            try await TestSystem.run([key: value]) {
                Greeter()
            } test: { _ in
            }
        }
    }

    @Test func oneThatCannotStartStopsTheOthers() async throws {
        struct Broken: ServiceDefinition {
            let name = "broken"
            func assemble(on host: ServiceHost) async throws -> EndpointGroup { throw ConfigurationError("broken") }
        }
        await #expect(throws: ConfigurationError("broken")) {
            try await TestSystem.run {
                Greeter()
                Broken()
            } test: { _ in
            }
        }
    }

    @Test func aServiceThatIsNotOnThePageIsRefused() async {
        let page = ServiceSystem("test", drivers: [.sqlite]) { Greeter() }
        await #expect(throws: ConfigurationError("nobody is not a service of this system: greeter")) {
            try await RunningServices.start(page, ["nobody"], settings: Settings(["DATA_DIR": "/tmp"]))
        }
    }
}
