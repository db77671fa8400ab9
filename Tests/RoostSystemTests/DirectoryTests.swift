import Roost
import RoostHTTP
import Testing

@testable import RoostSystem

@Suite(.timeLimit(.minutes(1))) struct DirectoryTests {
    private struct Thing: Sendable, Equatable { let name: String }

    private func directory(local: Set<String>, addresses: [String: HTTPAddress] = [:]) -> Directory {
        Directory(owners: ["a-contract": "a", "b-contract": "b"], addresses: addresses, local: local)
    }

    @Test func oneThatWaitsIsGivenWhatComes() async throws {
        let directory = directory(local: ["a", "b"])
        async let found = directory.find("a-contract", for: "b")
        await directory.add("a", [("a-contract", Thing(name: "a"))])
        guard case .here(let object) = try await found else { throw ConfigurationError("not here") }
        #expect(object as? Thing == Thing(name: "a"))
    }

    @Test func anotherProcessIsFoundByItsAddress() async throws {
        let directory = directory(local: ["b"], addresses: ["a": HTTPAddress(host: "h", port: 1)])
        guard case .there(let address, let name) = try await directory.find("a-contract", for: "b") else {
            throw ConfigurationError("not there")
        }
        #expect(address == HTTPAddress(host: "h", port: 1) && name == "a")
    }

    @Test func anUnknownAddressIsSaid() async {
        await #expect(throws: ConfigurationError("b calls a, whose address is not known: name it in ADDRESSES")) {
            try await directory(local: ["b"]).find("a-contract", for: "b")
        }
    }

    @Test func aFailureIsToldToAllWhoWaitThenAndLater() async {
        let directory = directory(local: ["a", "b", "c"])
        let waiting = Task { _ = try await directory.find("a-contract", for: "b") }
        await directory.fail(ConfigurationError("no"))
        await #expect(throws: ConfigurationError("no")) { try await waiting.value }
        await #expect(throws: ConfigurationError("no")) { try await directory.find("a-contract", for: "c") }
    }

    @Test func aServiceThatCallsItselfIsACircle() async {
        await #expect(throws: ConfigurationError("these services wait for one another: a calls a-contract")) {
            try await directory(local: ["a"]).find("a-contract", for: "a")
        }
    }

    @Test func aCircleIsSaidInsteadOfWaitedFor() async throws {
        let directory = directory(local: ["a", "b"])
        let waits = [("b-contract", "a"), ("a-contract", "b")].map { contract, service in
            Task { _ = try await directory.find(contract, for: service) }
        }
        for wait in waits { await #expect(throws: ConfigurationError.self) { try await wait.value } }
    }
}
