import Foundation
import Roost
import RoostData
import RoostGateway
import RoostTesting
import Testing

@testable import RoostSystem

@Suite struct RunningServicesTests {
    @Test func servicesAnswerForTheirHealth() async throws {
        try await TestSystem.run {
            Greeter()
        } test: { system in
            let client = try await system.client(of: "greeter")
            #expect(try await client.send(.get, "/health/live").text == "live")
            let ready = try await client.send(.get, "/health/ready")
            #expect(ready.status == 200)
        }
    }

    @Test func servicesCallOneAnotherInTheProcessAndOverTheNetwork() async throws {
        let key = ["SERVICE_KEY": "a key"]
        try await TestSystem.run(key) {
            Asker()
            Greeter()
        } test: { system in
            let asker = try await system.client(AskerAPIContract.self)
            #expect(try await asker.ask(name: "Ada") == "Hello, Ada!")
        }
        try await TestSystem.run(key) {
            Greeter()
        } test: { other in
            try await TestSystem.run(["ADDRESSES": "greeter=127.0.0.1:\(try await other.port(of: "greeter"))"]) {
                Asker()
            } test: { system in
                let asker = try await system.client(AskerAPIContract.self)
                #expect(try await asker.ask(name: "Ada") == "Hello, Ada!")
            }
        }
    }

    @Test func aGatewayStandsBeforeThem() async throws {
        try await TestSystem.run {
            Gateway(port: 0)
            Greeter()
        } test: { system in
            let gateway = try await system.client(of: "gateway")
            #expect(try await gateway.send(.get, "/greetings/Ada").text == "Hello, Ada!")
            let health = try await gateway.send(.get, "/health/ready")
            #expect(health.status == 404)
        }
    }

    @Test func databasesAreKeptInTheDataFolder() async throws {
        let folder = try TemporaryFolder()
        for count in 1...2 {
            try await TestSystem.run(in: folder) {
                Greeter()
            } test: { system in
                let response = try await system.client(of: "greeter").send(.post, "/visits")
                #expect(response.text == String(count))
            }
        }
        #expect(FileManager.default.fileExists(atPath: folder.path + "/greeter.db"))
    }

    @Test(arguments: [
        ("PORT", "abc", "PORT=abc is wrong: it must be a whole number from 0 to 65535"),
        ("ADDRESSES", "x", "ADDRESSES=x is wrong: it must be a list such as accounts=127.0.0.1:4001,catalog=catalog.internal:80"),
        ("DATA_DIR", "/proc/none", "DATA_DIR=/proc/none is wrong: it must be a folder that can be written to"),
        ("GREETER_DATABASE_URL", "x", "GREETER_DATABASE_URL=x is wrong"),
    ])
    func aWrongSettingStopsTheStart(key: String, value: String, message: String) async throws {
        let error = await #expect(throws: ConfigurationError.self) {
            try await TestSystem.run([key: value]) {
                Greeter()
            } test: { _ in
            }
        }
        #expect(error?.description.hasPrefix(message) == true, "\(String(describing: error))")
    }

    @Test func whatIsNotOnThePageIsNotStarted() async throws {
        let error = await #expect(throws: ConfigurationError.self) {
            _ = try await RunningServices.start(System("test") { Greeter() }, ["greeter", "other"], configuration: Configuration([:]))
        }
        #expect(error?.description == "other is none of this system's services: greeter")
    }

    @Test func oneThatCannotStartStopsTheOthers() async throws {
        struct Broken: ServiceDefinition {
            let name = "broken"
            let contracts: [any Contract.Type] = []

            func assemble(on host: ServiceHost) async throws -> ServiceAssembly { throw ConfigurationError("broken") }
        }
        await #expect(throws: ConfigurationError("broken")) {
            try await TestSystem.run {
                Greeter()
                Broken()
            } test: { _ in
            }
        }
    }
}
