import Roost
import RoostDocuments
import RoostEvents
import RoostGateway
import RoostHTTP
import RoostSQLite
import RoostSystemTesting
import Testing

@testable import RoostSystem

/// A program in another language on a system's page: where it is listed, and what it cannot do.
@Suite(.timeLimit(.minutes(5))) struct ExternalDeclarationTests {
    @Schema struct TipRead: Event {
        static let topic = "tips.read"
        var id: String
        var key: String { id }
    }

    private struct Named: ServiceDefinition {
        let name: String
        func assemble(on host: ServiceHost) async throws -> EndpointGroup { EndpointGroup() }
    }

    private static let tips = External(
        "tips", TipsAPIContract.self, command: "tips/run", arguments: ["--quick"], environment: ["MODE": "fast", "PORT": "1"],
        publishes: [TipRead.self], subscribes: [TipRead.self])

    private let system = ServiceSystem("system", drivers: [.sqlite]) {
        Gateway(port: 0)
        Named(name: "a")
        tips
    }

    @Test func itIsListedWhereverServicesAre() throws {
        let outline = try #require(system.outline.services.first { $0.name == "tips" })
        #expect(outline.contracts == ["tips"] && outline.operations == ["tips.tip", "tips.add"])
        #expect(outline.publishes == ["tips.read"] && outline.subscribes == ["tips.read"] && outline.settings.isEmpty)
        #expect(outline.command == "tips/run --quick" && !outline.isRequired)
        #expect(system.outline.text.contains("\ntips\n  program: tips/run --quick (not required)\n  serves: tips\n"))
        #expect(system.documentation.contracts.map(\.name) == ["tips"])
        #expect(system.eventGroups == [GroupMembership("tips", topics: ["tips.read"])])
        #expect(!system.settings().contains { $0.key == "TIPS_DATABASE_URL" })
    }

    @Test(arguments: [false, true]) func itIsAProcessOfItsOwn(together: Bool) throws {
        let addresses = ["a": 1, "tips": 2].mapValues { HTTPAddress(host: "127.0.0.1", port: $0) }
        let plans = HostPlan.plan(
            system, together: together, replicas: system.replicas, addresses: addresses, gateway: HTTPAddress(host: "127.0.0.1", port: 8000)
        )
        #expect(plans.map(\.services) == (together ? [["tips"], ["a", "gateway"]] : [["a"], ["tips"], ["gateway"]]))
        let plan = try #require(plans.first { $0.name == "tips" })
        // Also those of files of secrets, which the program does not read, but not those of another service.
        let settings = Settings([
            "EVENTS_URL": "sqlite:events.db", "LOG_LEVEL": "debug", "PORT": "8000", "TIPS_DATABASE_URL": "postgres://tips",
            "A_DATABASE_URL": "postgres://a",
        ])
        let process = plan.process(["SERVICE_KEY": "k", "PORT": "8000", "MODE": "slow"], settings)
        #expect(process.executable == "tips/run" && process.arguments == ["--quick"] && !process.isRequired && !process.isEssential)
        #expect(
            process.environment == [
                "SERVICE_KEY": "k", "HOST": "127.0.0.1", "PORT": "2", "MODE": "slow", "EVENTS_URL": "sqlite:events.db",
                "LOG_LEVEL": "debug", "TIPS_DATABASE_URL": "postgres://tips",
            ])
        guard case .line(variable: "READY_LINE") = process.readiness else { return #expect(Bool(false), "\(process.readiness)") }
    }

    @Test func whatAnotherServiceHasCollides() throws {
        let system = ServiceSystem("system", drivers: [.sqlite]) {
            Gateway(port: 0)
            External("tips", TipsAPIContract.self, command: "")
            External("tips", TipsAPIContract.self, command: "b").replicas(2)
            External("other", command: "c", fallbacks: [Fallback(TipsAPIContract.self, by: TipsAPIDouble())])
        }
        #expect(
            try system.faults(atEdge: true) == [
                "two services are named tips: rename one",
                "tips is declared with 2 replicas: a program of its own can have only one process",
                "tips is declared without a command: name the executable that runs it",
                "other has a fallback for the contract tips, which it does not serve: add the contract, or remove the fallback",
                "these contracts have the same name: tips of tips, tips of tips: declare it once, or rename the others",
                "tips.tip and tips.tip both answer GET /tips/{id}: give one another path or method",
            ])
    }

    @Test func replicasAreNotForIt() throws {
        #expect(throws: ConfigurationError.self) { try system.replicasSetting.value(of: "tips=2") }
        #expect(
            system.replicasSetting.allowed
                == "a list such as orders=2,payments=2, of a, each from 1 to 64; programs of their own have one process: tips")
        #expect(try system.replicasSetting.value(of: "a=2") == Replicas(["a": 2]))
    }

    @Test func noProcessOfTheSystemHostsIt() async throws {
        let folder = try TemporaryFolder(), settings = Settings(["DATA_DIR": folder.path, "PORT": "0"])
        let line = "tips is a program of its own, which cannot be hosted here: run tips/run --quick instead"
        await #expect(throws: ConfigurationError(line)) { try await RunningServices.start(system, ["a", "tips"], settings: settings) }
        let running = try await RunningServices.start(system, settings: settings, grace: .zero)
        #expect(await running.ports.keys.sorted() == ["a", "gateway"])
        try await running.run(while: {})
    }
}
