import Foundation
import RoostData
import RoostHTTP
import RoostSQLite
import RoostSystemTesting
import Testing

/// A permanent fault ends the startup with one line that names it and exit code 78, and is not retried.
@Suite(.serialized, .timeLimit(.minutes(5))) struct LastingFaultTests {
    private static let ways = [[], ["--together"]]

    /// The lines in the shop's output that report faults.
    private func complaints(_ output: String) -> [Substring] { output.split(separator: "\n").filter { $0.contains("shop: ") } }

    @Test(arguments: ways + [["--host", "gateway"]])
    func aPortThatAnotherServerHas(arguments: [String]) async throws {
        let stranger = try await HTTPServer.start(.init(port: 0)) { _, _ in .text("I am the gateway, and ready.") }
        let (code, output) = try await ShopProcess.run(arguments, ["PORT": "\(stranger.port)"])
        #expect(code == 78)
        let place = "127.0.0.1:\(stranger.port)"
        let line = "PORT=\(stranger.port) is wrong: it must be a free port: another process listens on \(place)"
        #expect(output == "shop: \(line)\nshop: --describe lists all settings\n")
        await stranger.stop(within: .zero)
    }

    @Test(arguments: ways)
    func aStrangerOnThePortIsNotTakenForTheGateway(arguments: [String]) async throws {
        let shop = try await ShopProcess.start(arguments)
        // It takes the port while the gateway is down.
        let stranger = try await eventually("the stranger is quicker") {
            for process in shop.services where process.value.contains("gateway") { kill(process.key, SIGKILL) }
            return try? await HTTPServer.start(.init(port: shop.address.port)) { _, _ in .text("I am the gateway, and ready.") }
        }
        #expect(await shop.end() == 78)
        let lines = shop.text.split(separator: "\n").drop { !$0.contains(" is up at ") }
        #expect(lines.contains { $0.contains("PORT=\(shop.address.port) is wrong") })
        #expect(lines.last?.hasSuffix("| stopped") == true)
        await stranger.stop(within: .zero)
    }

    @Test(arguments: [
        ("HOST", "192.0.2.1", "HOST=192.0.2.1 is wrong: it must be an address of this machine"),
        (
            "SERVICE_KEY", "hunter2",
            "SERVICE_KEY=*** is wrong: it must be at least 16 visible ASCII characters, with no space at either end"
        ),
        ("ENVIRONMENT", "staging", "ENVIRONMENT=staging is wrong: it must be one of development, production"),
        ("DATA_DIR", "/dev/null", "DATA_DIR=/dev/null is wrong: it must be a folder that can be written to"),
        (
            "STORE_URL", "redis://me:hunter2@store:port",
            "STORE_URL=redis://***@store:port is wrong: it must be sqlite:PATH, or sqlite:PATH?synchronous=normal if a power failure may undo the last commits; or redis://USER:PASSWORD@HOST:PORT/NUMBER, rediss://… with TLS, or redis+sentinel://HOST:PORT,HOST:PORT/MASTER/NUMBER"
        ),
    ])
    func whatAllProcessesAreToldIsSaidOnce(key: String, value: String, line: String) async throws {
        let (code, output) = try await ShopProcess.run([], ["PORT": "0"].merging([key: value]) { $1 })
        #expect(code == 78)
        #expect(output == "shop: \(line)\nshop: --describe lists all settings\n")
    }

    @Test(arguments: ways)
    func aMigrationThatWasChanged(arguments: [String]) async throws {
        let folder = try TemporaryFolder()
        let other = [Migration("0001_catalog", "CREATE TABLE another (shape TEXT)")]
        try await Database.open(folder.databaseURL("catalog.db"), migrations: other).close()
        let (code, output) = try await ShopProcess.run(arguments, ["PORT": "0", "DATA_DIR": folder.path])
        #expect(code == 78)
        let complaints = complaints(output)
        #expect(complaints.count == 1, "\(output)")
        #expect(
            complaints.first?.hasSuffix(
                "CATALOG_DATABASE_URL=sqlite:\(folder.path)/catalog.db cannot be brought up to date: 0001_catalog was changed after it was applied: add a new migration instead"
            ) == true)
        #expect(!output.contains(" is up ") && output.components(separatedBy: "exited with code 78").count == 2)
    }

    @Test(arguments: [("catalog.db", "CATALOG_DATABASE_URL"), ("events.db", "EVENTS_URL")])
    func aFileThatIsNoDatabase(file: String, key: String) async throws {
        let folder = try TemporaryFolder()
        let path = "\(folder.path)/\(file)"
        try String(repeating: "This is no database. ", count: 100).write(toFile: path, atomically: true, encoding: .utf8)
        let (code, output) = try await ShopProcess.run([], ["PORT": "0", "DATA_DIR": folder.path])
        #expect(code == 78)
        let complaints = complaints(output)
        #expect(complaints.first?.contains("\(key)=sqlite:\(path) is wrong") == true, "\(output)")
        #expect(complaints.dropFirst().allSatisfy { $0.hasSuffix("--describe lists all settings") }, "\(output)")
    }

    @Test func aServiceByItselfNeedsAKey() async throws {
        let (code, output) = try await ShopProcess.run(["--host", "accounts"], ["PORT": "0"])
        #expect(code == 78)
        #expect(
            output
                == "shop: SERVICE_KEY must be given: accounts has routes that only other services may call, such as accounts.account\nshop: --describe lists all settings\n"
        )
    }

    /// Once all services have been ready, a fault of one of them does not stop the others, and it is not retried forever.
    @Test(.enabled(if: !TestDatabases.areOnServer, "it damages files")) func aServiceThatCannotStartAgainIsLeftBe() async throws {
        let shop = try await ShopProcess.start()
        let http = PooledHTTPClient()
        defer { http.shutdown() }
        let client = HTTPTestClient(http, to: shop.address)
        for name in ["catalog.db", "catalog.db-wal", "catalog.db-shm"] {
            try String(repeating: "This is no database. ", count: 100).write(
                toFile: "\(shop.dataFolder)/\(name)", atomically: true, encoding: .utf8)
        }
        shop.killService("catalog")
        try await eventually("it is given up") { shop.text.contains("exited with code 78 and is not restarted") }
        #expect(shop.text.contains("CATALOG_DATABASE_URL=sqlite:\(shop.dataFolder)/catalog.db is wrong"))
        #expect(try await client.send(.get, "/products").status == .unavailable)
        #expect(try await client.send(.get, "/.well-known/jwks.json").status == .ok)
        #expect(await shop.stop() == 0)
    }

    @Test(arguments: ways)
    func itCanBeStoppedWhileItStarts(arguments: [String]) async throws {
        let (code, output) = try await ShopProcess.run(arguments, ["PORT": "0"], signal: SIGTERM)
        #expect(code == 0, "\(output)")
    }

    @Test func nothingIsLeftOfProcessesThatDied() async throws {
        let shop = try await ShopProcess.start()
        let before = shop.descriptors
        let names = ["accounts", "catalog", "carts", "orders", "payments", "processor", "notifications", "events", "gateway"]
        var longest = Duration.zero
        for round in 1...3 {
            let dead = shop.services, start = ContinuousClock.now
            for identifier in dead.keys { kill(identifier, SIGKILL) }
            try await eventually("all are back", within: .seconds(60)) {
                let alive = shop.services
                let lines = shop.text.split(separator: "\n").filter { $0.hasSuffix("| ready") }
                let ready = lines.count { !$0.hasPrefix("recommendations ") }
                return Set(alive.values) == Set(names) && alive.keys.allSatisfy { dead[$0] == nil } && ready == names.count * (round + 1)
            }
            longest = max(longest, .now - start)
        }
        // Who runs for ten seconds has a clean record.
        #expect(longest > .seconds(9) || shop.text.contains("was killed by signal 9, 3 times in a row; restarting in 0.4 seconds"))
        #expect(shop.descriptors <= before)
        #expect(await shop.stop() == 0)
    }
}
