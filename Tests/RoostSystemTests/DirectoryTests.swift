import Roost
import RoostHTTP
import Testing

@testable import RoostSystem

@Suite struct DirectoryTests {
    private static let owners = ["carts": "carts", "ledger": "payments", "payments": "payments"]
    private static let payments = HTTPAddress(host: "127.0.0.1", port: 4001)

    @Test func aServiceOfAnotherProcessIsFoundByItsAddress() async throws {
        let directory = Directory(owners: Self.owners, addresses: ["payments": Self.payments], local: ["carts"])
        guard case .there(let address, let name) = try await directory.find("ledger", for: "carts") else {
            Issue.record("it is not in this process")
            return
        }
        #expect(address == Self.payments && name == "payments")
    }

    @Test func aServiceOfThisProcessIsWaitedFor() async throws {
        let directory = Directory(owners: Self.owners, addresses: [:], local: ["carts", "payments"])
        async let place = directory.find("ledger", for: "carts")
        await directory.add("payments", [("ledger", "the ledger"), ("payments", "the payments")])
        guard case .here(let object) = try await place else {
            Issue.record("it is in this process")
            return
        }
        #expect(object as? String == "the ledger")
    }

    @Test func aServiceWithoutAnAddressIsAWrongConfiguration() async {
        let directory = Directory(owners: Self.owners, addresses: [:], local: ["carts"])
        await #expect(throws: ConfigurationError("carts calls payments, whose address is not known: name it in ADDRESSES")) {
            _ = try await directory.find("payments", for: "carts")
        }
    }

    @Test func aCircleIsToldAndNobodyWaitsForEver() async {
        let directory = Directory(owners: ["a": "a", "b": "b"], addresses: [:], local: ["a", "b"])
        async let first = #expect(throws: ConfigurationError.self) { _ = try await directory.find("b", for: "a") }
        await #expect(throws: ConfigurationError.self) { _ = try await directory.find("a", for: "b") }
        #expect(await first != nil)
    }

    @Test func aServiceThatCallsItselfIsACircle() async {
        let directory = Directory(owners: ["a": "a"], addresses: [:], local: ["a"])
        await #expect(throws: ConfigurationError("these services wait for one another: a calls a")) {
            _ = try await directory.find("a", for: "a")
        }
    }

    @Test func aFailureIsToldToAllWhoWaitThenAndLater() async {
        let directory = Directory(owners: Self.owners, addresses: [:], local: ["carts", "orders", "payments"])
        async let waiting = #expect(throws: ConfigurationError("no")) { _ = try await directory.find("payments", for: "carts") }
        await directory.fail(ConfigurationError("no"))
        #expect(await waiting != nil)
        await #expect(throws: ConfigurationError("no")) { _ = try await directory.find("payments", for: "orders") }
    }
}
