import Roost
import RoostHTTP
import Testing

@testable import RoostSystem

@Suite struct AddressesTests {
    @Test func addressesAreReadAsTheyAreWritten() throws {
        let text = "accounts=127.0.0.1:4001,catalog=catalog.internal:80,v6=::1:8080"
        let addresses = try HTTPAddress.list(Configuration(["ADDRESSES": text]))
        #expect(addresses["accounts"] == HTTPAddress(host: "127.0.0.1", port: 4001))
        #expect(addresses["catalog"] == HTTPAddress(host: "catalog.internal", port: 80))
        #expect(addresses["v6"] == HTTPAddress(host: "::1", port: 8080))
        #expect(HTTPAddress.text(addresses) == text)
        #expect(try HTTPAddress.list(Configuration([:])).isEmpty)
    }

    @Test(arguments: [
        "accounts", "accounts=", "accounts=host", "accounts=:80", "accounts=host:0", "accounts=host:65536", "accounts=host:x",
    ])
    func whatIsNoAddressIsTold(text: String) {
        #expect(
            throws: ConfigurationError(
                key: "ADDRESSES", value: text, allowed: "a list such as accounts=127.0.0.1:4001,catalog=catalog.internal:80")
        ) { try HTTPAddress.list(Configuration(["ADDRESSES": text])) }
    }

    @Test func freePortsAreDifferent() throws {
        let ports = try FreePorts.find(20)
        #expect(Set(ports).count == 20 && ports.allSatisfy { (1...65535).contains($0) })
    }
}
