import Foundation
import Logging
import Roost
import RoostData
import RoostGateway
import RoostHTTP
import RoostSQLite
import RoostSystemTesting
import Testing

@testable import RoostSystem

/// Why services do not start: what lasts is a `ConfigurationError` of one line that names the setting.
@Suite(.timeLimit(.minutes(5))) struct StartTests {
    @Contract("vault")
    protocol VaultAPI: Sendable {
        @Get("/open") func open() async throws -> String
        @Get("/gold", access: .services) func gold() async throws -> String
    }

    @Service(VaultAPI.self)
    struct Vault: ServiceDefinition, VaultAPI {
        let name = "vault"
        func assemble(on host: ServiceHost) async throws -> Vault { self }
        func open() async throws -> String { "open" }
        func gold() async throws -> String { "gold" }
    }

    /// Its routes belong to no contract.
    private struct Hatch: ServiceDefinition {
        struct Routes: EndpointProvider {
            let endpoints = [Endpoint(Route("hatch.gold", .get, "/gold", access: .services)) { _ in .text("gold") }]
        }
        let name = "hatch"
        func assemble(on host: ServiceHost) async throws -> Routes { Routes() }
    }

    private struct Keeper: ServiceDefinition {
        let name = "keeper"
        let database: DatabaseDefinition

        init(migrations: [Migration]) { database = DatabaseDefinition(migrations: migrations) }

        func assemble(on host: ServiceHost) async throws -> EndpointGroup {
            _ = try await host.database()
            return EndpointGroup()
        }
    }

    @Test func routesForServicesNeedAKey() async throws {
        let line = "SERVICE_KEY must be given: vault has routes that only other services may call, such as vault.gold"
        await #expect(throws: ConfigurationError(line)) {
            try await TestSystem.run(["SERVICE_KEY": ""]) {
                Vault()
            } test: { _ in
            }
        }
        await #expect(throws: ConfigurationError.self) {
            try await TestSystem.run(["SERVICE_KEY": ""]) {
                Hatch()
            } test: { _ in
            }
        }
        // Where there are no such routes, none is needed.
        try await TestSystem.run(["SERVICE_KEY": ""]) {
            Keeper(migrations: [])
        } test: { _ in
        }
    }

    @Test(arguments: [
        "short", "fifteen letters", "                    ", " a key with space at an end", "ein Schlüssel für Dienste",
        "a key\nof two lines",
    ])
    func aWeakKeyIsRefusedAndNotShown(key: String) async throws {
        let error = await #expect(throws: ConfigurationError.self) {
            try await TestSystem.run(["SERVICE_KEY": key]) {
                Vault()
            } test: { _ in
            }
        }
        let allowed = "at least 16 visible ASCII characters, with no space at either end"
        #expect(error?.description == "SERVICE_KEY=*** is wrong: it must be \(allowed)")
    }

    @Test func aTakenPortIsNamedWithItsSetting() async throws {
        let server = try await HTTPServer.start(.init(port: 0)) { _, _ in .text("a stranger") }
        let port = server.port
        let allowed = "a free port: another process listens on 127.0.0.1:\(port)"
        await #expect(throws: ConfigurationError("PORT=\(port) is wrong: it must be \(allowed)")) {
            try await TestSystem.run(["PORT": "\(port)"]) {
                Vault()
            } test: { _ in
            }
        }
        await #expect(throws: ConfigurationError("PORT=\(port) is wrong: it must be \(allowed)")) {
            try await TestSystem.run(["PORT": "\(port)"]) {
                Gateway(port: 0)
                Vault()
            } test: { _ in
            }
        }
        await #expect(throws: ConfigurationError("ADDRESSES=vault=127.0.0.1:\(port) is wrong: it must be \(allowed)")) {
            try await TestSystem.run(["ADDRESSES": "vault=127.0.0.1:\(port)"]) {
                Vault()
            } test: { _ in
            }
        }
        await server.stop(within: .zero)
    }

    @Test func aHostThatIsNotOfThisMachineIsNamed() async throws {
        await #expect(throws: ConfigurationError("HOST=192.0.2.1 is wrong: it must be an address of this machine")) {
            try await TestSystem.run(["HOST": "192.0.2.1"]) {
                Vault()
            } test: { _ in
            }
        }
    }

    /// Beside the gateway a service has no door of its own to the outside.
    @Test func besideTheGatewayServicesListenToThisMachineAlone() async throws {
        try await TestSystem.run(["HOST": "127.0.0.2"]) {
            Gateway(port: 0)
            Vault()
        } test: { system in
            #expect(try await system.client(of: "vault").send(.get, "/open").status == .ok)
            let http = PooledHTTPClient()
            defer { http.shutdown() }
            let gateway = HTTPAddress(host: "127.0.0.2", port: try await system.port(of: "gateway"))
            #expect(try await http.send(Request(.get, "/open"), to: gateway).status == .ok)
        }
    }

    private struct Guard: ServiceDefinition {
        let name = "guard"
        func assemble(on host: ServiceHost) async throws -> EndpointGroup {
            _ = try await host.database()
            return EndpointGroup()
        }
    }

    @Test func oneSettingNamesTheDatabasesOfAllServices() async throws {
        let folder = try TemporaryFolder(), path = folder.path
        func start(_ settings: [String: String]) async throws {
            try await TestSystem.run(settings) {
                Keeper(migrations: [])
                Guard()
            } test: { _ in
            }
        }
        try await start(["DATABASE_URL": "sqlite:\(path)/of-{service}.db", "GUARD_DATABASE_URL": "sqlite:\(path)/own.db"])
        let files = try FileManager.default.contentsOfDirectory(atPath: path).filter { $0.hasSuffix(".db") }
        #expect(files.sorted() == ["of-keeper.db", "own.db"])
        // Two services would find each other's tables.
        let error = await #expect(throws: ConfigurationError.self) { try await start(["DATABASE_URL": "sqlite:\(path)/one.db"]) }
        #expect(error?.description.contains("{service}") == true)
        try await TestSystem.run(["DATABASE_URL": "sqlite:\(path)/one.db"]) {
            Guard()
        } test: { _ in
        }
        #expect(FileManager.default.fileExists(atPath: path + "/one.db"))
    }

    @Test func whatIsWrongWithADatabaseIsNamedWithItsSetting() async throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/keeper.db", setting = "KEEPER_DATABASE_URL=sqlite:\(folder.path)/keeper.db"
        func failure(_ migrations: Migration...) async throws -> String? {
            let error = await #expect(throws: (any Error).self) {
                try await TestSystem.run(in: folder) {
                    Keeper(migrations: migrations)
                } test: { _ in
                }
            }
            #expect(error.map { ExitCode.of($0) } == 78)
            return (error as? ConfigurationError)?.description
        }
        let first = Migration("0001_first", "CREATE TABLE a (b TEXT)")
        try await TestSystem.run(in: folder) {
            Keeper(migrations: [first])
        } test: { _ in
        }
        #expect(
            try await failure(Migration("0001_first", "CREATE TABLE a (c TEXT)"))
                == "\(setting) cannot be brought up to date: 0001_first was changed after it was applied: add a new migration instead")
        #expect(try await failure(first, Migration("0002_wrong", "CREATE TABEL b (c TEXT)"))?.hasPrefix(setting) == true)
        #expect(
            try await failure(first, Migration("0001_first", "CREATE TABLE b (c TEXT)"))?.contains("two migrations have the same name")
                == true)
        // Damaged behind its header, which alone is read when it is opened.
        let file = try #require(FileHandle(forUpdatingAtPath: path))
        try file.seek(toOffset: 100)
        try file.write(contentsOf: Data(repeating: 0x55, count: 3000))
        try file.close()
        #expect(try await failure(first)?.hasPrefix("\(setting) is wrong: it must be a database file that can be") == true)
        for suffix in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + suffix) }
        try String(repeating: "This is no database. ", count: 100).write(toFile: path, atomically: true, encoding: .utf8)
        #expect(try await failure(first)?.hasPrefix("\(setting) is wrong: it must be a database file that can be opened (") == true)
    }

    @Test(arguments: ["store", "events"])
    func aSharedFileThatIsNoDatabaseIsNamed(name: String) async throws {
        let folder = try TemporaryFolder()
        try String(repeating: "This is no database. ", count: 100).write(
            toFile: "\(folder.path)/\(name).db", atomically: true, encoding: .utf8)
        let error = await #expect(throws: ConfigurationError.self) {
            try await TestSystem.run(in: folder) {
                Vault()
            } test: { _ in
            }
        }
        #expect(
            error?.description.hasPrefix("\(name.uppercased())_URL=sqlite:\(folder.path)/\(name).db is wrong: it must be a database file")
                == true)
    }

    @Test func productionIsWhatIsNotSaidOtherwise() throws {
        #expect(try Settings([:])[.environment] == .production)
        #expect(try Settings(["ENVIRONMENT": ""])[.environment] == .production)
        #expect(try Settings(["ENVIRONMENT": "development"])[.environment] == .development)
        for wrong in ["dev", "Development", "PRODUCTION", "test"] {
            #expect(throws: ConfigurationError("ENVIRONMENT=\(wrong) is wrong: it must be one of development, production")) {
                try Settings(["ENVIRONMENT": wrong])[.environment]
            }
        }
    }

    /// Otherwise `--describe` would not list it, and the check at the start would pass over it.
    @Test func aSettingThatIsReadMustBeDeclared() async throws {
        struct Reader: ServiceDefinition {
            let name = "reader"
            let settings: [any SettingDeclaration]
            func assemble(on host: ServiceHost) async throws -> EndpointGroup {
                _ = try host[.port(default: 1)]
                return EndpointGroup()
            }
        }
        let line = "reader reads the setting PORT without declaring it: add it to its `settings`"
        await #expect(throws: ConfigurationError(line)) {
            try await TestSystem.run {
                Reader(settings: [])
            } test: { _ in
            }
        }
        try await TestSystem.run {
            Reader(settings: [Setting.port(default: 1)])
        } test: { _ in
        }
    }

    @Test func allWrongSettingsAndWhatIsWrongWithThePageAreSaidAtOnce() async throws {
        let error = await #expect(throws: ConfigurationError.self) {
            try await TestSystem.run(["SERVICE_KEY": "short", "VAULT_DATABASE_URL": "vault://", "ENVIRONMENT": "x"]) {
                Vault()
                Vault()
            } test: { _ in
            }
        }
        let keys = error?.faults.map { String($0.prefix { $0 != " " && $0 != "=" }) }
        #expect(keys == ["two", "these", "SERVICE_KEY", "ENVIRONMENT", "VAULT_DATABASE_URL"])
    }

    @Test func whatMayPassIsNoFaultOfTheConfiguration() {
        struct Unknown: Error {}
        let passing: [any Error] = [
            Problem.unavailable("The database is busy."), Unknown(), CancellationError(), ConfigurationError("down", code: .unreachable),
        ]
        for error in passing { #expect(ExitCode.of(error) == 1) }
        let lasting: [any Error] = [ConfigurationError("wrong"), TransportError(listeningOn: "127.0.0.1", 1, .portTaken)]
        for error in lasting { #expect(ExitCode.of(error) == 78) }
    }

    @Test func aWorkerThatIsConfiguredWronglyEndsItsProcess() async throws {
        struct Working: ServiceDefinition {
            let name = "working"
            func assemble(on host: ServiceHost) async throws -> EndpointGroup {
                await host.run("reader") { throw ConfigurationError("the folder cannot be written") }
                return EndpointGroup()
            }
        }
        let folder = try TemporaryFolder()
        let running = try await RunningServices.start(
            ServiceSystem("working", drivers: [.sqlite]) { Working() }, settings: Settings(["DATA_DIR": folder.path]))
        await #expect(throws: ConfigurationError("the folder cannot be written")) { try await running.run() }
    }
}
