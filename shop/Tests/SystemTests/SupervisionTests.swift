import Foundation
import Roost
import RoostHTTP
import RoostSystem
import RoostSystemTesting
import Testing

/// What `make run` does apart from serving.
@Suite(.serialized, .timeLimit(.minutes(5))) struct SupervisionTests {
    @Test(arguments: [SIGTERM, SIGINT])
    func itStopsInOrderAndLeavesNothing(signal: Int32) async throws {
        let shop = try await ShopProcess.start()
        let services = shop.services
        #expect(
            Set(services.values) == [
                "accounts", "catalog", "carts", "orders", "payments", "processor", "notifications", "events", "gateway",
            ])
        let code = await shop.stop(signal)
        #expect(code == 0, "\(code)")
        let ends = shop.text.split(separator: "\n").filter { $0.hasSuffix("exited with code 0") }
        let stopped = ends.compactMap { $0.split(separator: " ").first.map(String.init) }
        #expect(
            stopped.filter { $0 != "recommendations" } == [
                "gateway", "events", "notifications", "processor", "payments", "orders", "carts", "catalog", "accounts",
            ])
        #expect(services.keys.allSatisfy { kill($0, 0) != 0 })
    }

    @Test func nothingOutlivesASupervisorThatIsKilled() async throws {
        let shop = try await ShopProcess.start()
        let services = shop.services
        #expect(services.count == 9)
        #expect(await shop.stop(SIGKILL) == SIGKILL)
        try await eventually("the end of all services") { services.keys.allSatisfy { kill($0, 0) != 0 } }
    }

    @Test func aCrashLeavesTheRestServing() async throws {
        let shop = try await ShopProcess.start()
        let http = PooledHTTPClient()
        defer { http.shutdown() }
        let client = HTTPTestClient(http, to: shop.address)
        // Each time it is killed, it takes longer to restart.
        let refused = try await eventually("a refusal") {
            shop.killService("catalog")
            let response = try await client.send(.get, "/products")
            return response.status == .unavailable ? response : nil
        }
        #expect(refused.headers["retry-after"] != nil)
        #expect(refused.problem.detail == "The service catalog is temporarily unavailable.")
        let id = try #require(refused.headers["x-request-id"])
        try await eventually("its line in the log") { shop.text.contains("request-id=\(id) ") }
        #expect(try await client.send(.get, "/.well-known/jwks.json").status == .ok)
        #expect(try await client.send(.get, "/").status == .ok)
        try await eventually("catalog is back") { try await client.send(.get, "/products").status == .ok }
        #expect(await shop.stop() == 0)
    }

    @Test(arguments: [
        ("PORT", "abc", "PORT=abc is wrong: it must be a whole number from 0 to 65535"),
        ("LOG_LEVEL", "loud", "LOG_LEVEL=loud is wrong: it must be one of trace, debug, info, notice, warning, error, critical"),
    ])
    func wrongConfigurationStopsTheStart(key: String, value: String, line: String) async throws {
        let (code, output) = try await ShopProcess.run([], [key: value])
        #expect(code == 78)
        #expect(output == "shop: \(line)\nshop: --describe lists all settings\n")
    }

    /// The settings of all services are checked before any service starts.
    @Test func allWrongSettingsAreSaidAtOnce() async throws {
        let wrong = ["ADMIN_PASSWORD": "hunter2", "SMTP_URL": "http://me:hunter2@mail", "EVENTS_URL": "nats://broker"]
        let (code, output) = try await ShopProcess.run(["--set", "LOG_LEVEL=loud"], ["PORT": "0"].merging(wrong) { $1 })
        #expect(code == 78)
        let lines = output.split(separator: "\n")
        for start in [
            "shop: LOG_LEVEL=loud is wrong: ", "shop: ADMIN_PASSWORD=*** is wrong: ", "shop: SMTP_URL=http://***@mail is wrong: ",
            "shop: EVENTS_URL=nats://broker is wrong: ",
        ] {
            #expect(lines.filter { $0.hasPrefix(start) }.count == 1, "\(output)")
        }
        #expect(lines.count == 5 && lines.last == "shop: --describe lists all settings")
    }

    @Test func aSettingThatThereIsNotIsRefusedOnTheCommandLine() async throws {
        let (code, output) = try await ShopProcess.run(["--set", "STORE_ULR=x", "--set", "PORT"], ["PORT": "0"])
        #expect(code == 78)
        #expect(
            output == """
                shop: --set STORE_ULR: there is no such setting; --describe lists all settings
                shop: --set must be followed by KEY=value

                """)
    }

    @Test func itDescribesItself() async throws {
        let (code, output) = try await ShopProcess.run(["--describe-json"], [:])
        let outline = try JSON.decode(SystemOutline.self, from: Array(output.utf8.dropLast()))
        #expect(code == 0 && outline.services.count == 10 && outline.services.last?.isEdge == true)
        let orders = try #require(outline.services.first { $0.name == "orders" })
        #expect(orders.operations.contains("orders.place") && orders.contracts == ["orders", "workflows"])
        let password = try #require(outline.settings.first { $0.key == "ADMIN_PASSWORD" })
        #expect(password.isSecret && password.allowed == "10 to 128 characters")
        let (textCode, text) = try await ShopProcess.run(["--describe"], [:])
        #expect(textCode == 0)
        for setting in outline.settings { #expect(text.contains("\n\(setting.key)")) }
    }
}
