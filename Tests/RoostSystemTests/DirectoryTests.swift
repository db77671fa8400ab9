import Roost
import RoostHTTP
import Testing

@testable import RoostSystem

@Suite(.timeLimit(.minutes(1))) struct DirectoryTests {
    private struct Thing: Sendable, Equatable { let name: String }

    private func directory(local: Set<String>, addresses: [String: HTTPAddress] = [:]) -> Directory {
        Directory(owners: ["a-contract": "a", "b-contract": "b"], addresses: addresses, local: local)
    }

    @Test func aCallWaitsUntilItsServiceIsThere() async throws {
        let directory = directory(local: ["a", "b"])
        async let found = directory.service(of: "a-contract", as: Thing.self)
        directory.add("b", [ContractImplementation(contract: "b-contract", service: Thing(name: "b"))], [])
        directory.add("a", [ContractImplementation(contract: "a-contract", service: Thing(name: "a"))], [])
        _ = try await found
        _ = try await directory.service(of: "a-contract", as: Thing.self)
    }

    @Test func anotherProcessIsFoundByItsAddress() throws {
        let directory = directory(local: ["b"], addresses: ["a": HTTPAddress(host: "h", port: 1)])
        guard case .there(let address) = try directory.place(of: "a-contract", for: "b") else { throw ConfigurationError("not there") }
        #expect(address == HTTPAddress(host: "h", port: 1))
    }

    @Test func anUnknownAddressIsSaid() {
        #expect(throws: ConfigurationError("b calls a, whose address is not known: name it in ADDRESSES")) {
            try directory(local: ["b"]).place(of: "a-contract", for: "b")
        }
    }

    @Test func aFailureIsToldToAllWhoWaitThenAndLater() async {
        let directory = directory(local: ["a", "b", "c"])
        let waiting = Task { _ = try await directory.service(of: "a-contract", as: Thing.self) }
        directory.fail(ConfigurationError("no"))
        await #expect(throws: ConfigurationError("no")) { try await waiting.value }
        await #expect(throws: ConfigurationError("no")) { try await directory.service(of: "a-contract", as: Thing.self) }
    }

    @Test func aContractThatItsServiceDoesNotServeIsNotWaitedFor() async {
        let directory = directory(local: ["a", "b"])
        directory.add("a", [], [])
        await #expect(throws: ConfigurationError.self) { try await directory.service(of: "a-contract", as: Thing.self) }
    }

    @Test func whoGoesAwayWaitsNoLonger() async {
        let directory = directory(local: ["a", "b"])
        let waiting = Task { _ = try await directory.service(of: "a-contract", as: Thing.self) }
        waiting.cancel()
        await #expect(throws: CancellationError.self) { try await waiting.value }
    }
}
