import Roost
import RoostHTTP
import Testing

@testable import RoostSystem

@Suite(.timeLimit(.minutes(5))) struct ServiceRegistryTests {
    private struct Thing: Sendable, Equatable { let name: String }

    private func registry(local: Set<String>, addresses: [String: HTTPAddress] = [:]) -> ServiceRegistry {
        ServiceRegistry(owners: ["a-contract": "a", "b-contract": "b"], addresses: addresses, local: local)
    }

    @Test func aCallWaitsUntilItsServiceIsThere() async throws {
        let registry = registry(local: ["a", "b"])
        async let found = registry.service(of: "a-contract", as: Thing.self)
        registry.add("b", [ContractImplementation(contract: "b-contract", service: Thing(name: "b"))], [])
        registry.add("a", [ContractImplementation(contract: "a-contract", service: Thing(name: "a"))], [])
        _ = try await found
        _ = try await registry.service(of: "a-contract", as: Thing.self)
    }

    @Test func anotherProcessIsFoundByItsAddress() throws {
        let registry = registry(local: ["b"], addresses: ["a": HTTPAddress(host: "h", port: 1)])
        guard case .there(let address) = try registry.place(of: "a-contract", for: "b") else { throw ConfigurationError("not there") }
        #expect(address == HTTPAddress(host: "h", port: 1))
    }

    @Test func anUnknownAddressIsSaid() {
        #expect(throws: ConfigurationError("b calls a, whose address is not known: name it in ADDRESSES")) {
            try registry(local: ["b"]).place(of: "a-contract", for: "b")
        }
    }

    @Test func aFailureIsToldToAllWhoWaitThenAndLater() async {
        let registry = registry(local: ["a", "b", "c"])
        let waiting = Task { _ = try await registry.service(of: "a-contract", as: Thing.self) }
        registry.fail(ConfigurationError("no"))
        await #expect(throws: ConfigurationError("no")) { try await waiting.value }
        await #expect(throws: ConfigurationError("no")) { try await registry.service(of: "a-contract", as: Thing.self) }
    }

    @Test func aContractThatItsServiceDoesNotServeIsNotWaitedFor() async {
        let registry = registry(local: ["a", "b"])
        registry.add("a", [], [])
        let problem = await #expect(throws: Problem.self) { try await registry.service(of: "a-contract", as: Thing.self) }
        #expect(problem?.status == .notImplemented)
    }

    @Test func whoGoesAwayWaitsNoLonger() async {
        let registry = registry(local: ["a", "b"])
        let waiting = Task { _ = try await registry.service(of: "a-contract", as: Thing.self) }
        waiting.cancel()
        await #expect(throws: CancellationError.self) { try await waiting.value }
    }
}
