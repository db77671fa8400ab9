import Roost
import RoostGateway
import RoostHTTP
import Testing

@testable import RoostSystem

@Suite struct PageTests {
    private let system = System("test") {
        Gateway(port: 9)
        Named("a")
        Named("b").alone()
        Named("c")
    }

    @Test func thePageKeepsItsOrder() {
        #expect(system.services.map(\.name) == ["a", "b", "c"])
        #expect(system.names == ["a", "b", "c", "gateway"])
        #expect(system.gateway?.port == 9)
    }

    @Test func servicesHaveAProcessEachOrShareOne() {
        #expect(system.processes(together: false) == [["a"], ["b"], ["c"], ["gateway"]])
        #expect(system.processes(together: true) == [["b"], ["a", "c", "gateway"]])
    }

    @Test func aPlanNamesAndPlacesTheProcesses() {
        let addresses = ["a": 1, "b": 2, "c": 3].mapValues { HTTPAddress(host: "127.0.0.1", port: $0) }
        let apart = ProcessPlan.plan(system, together: false, addresses: addresses, gatewayPort: 8000)
        #expect(apart.map(\.name) == ["a", "b", "c", "gateway"])
        #expect(apart.map(\.address.port) == [1, 2, 3, 8000])
        #expect(apart.map(\.isGateway) == [false, false, false, true])
        let together = ProcessPlan.plan(system, together: true, addresses: addresses, gatewayPort: 8000)
        #expect(together.map(\.name) == ["b", "test"])
        #expect(together.map(\.services) == [["b"], ["a", "c", "gateway"]])
        #expect(together.map(\.address.port) == [2, 8000])
    }

    private struct Named: ServiceDefinition {
        let name: String
        let contracts: [any Contract.Type] = []

        init(_ name: String) { self.name = name }

        func assemble(on host: ServiceHost) async throws -> ServiceAssembly { ServiceAssembly() }
    }
}
