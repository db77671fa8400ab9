import AccountsTesting
import CartsAPI
import Catalog
import Foundation
import Guests
import Roost
import RoostGateway
import RoostSQLite
import RoostSystemTesting
import Testing

@testable import Carts

/// Requests without a cart cannot fill the store.
@Suite(.timeLimit(.minutes(2))) struct NewGuestLimitTests {
    private static let path = "/cart/items/TEA-0001"
    private static let json = #"{"quantity":1}"#

    @Test(arguments: Arrangement.allCases) func anAddressBeginsAHundredCartsAnHour(arrangement: Arrangement) async throws {
        let accounts = TestAccounts()
        try await TestSystem.run(["SERVICE_KEY": "a key for services", "TRUSTED_PROXIES": "1"], arrangement: arrangement) {
            Gateway(port: 0)
            accounts
            CatalogService()
            CartsService()
        } test: { system in
            let client = try await system.client(of: "gateway"), guest = BrowserTestClient(over: client)
            let flooder: Headers = ["x-forwarded-for": "198.51.100.1"]
            #expect(try await guest.send(.put, Self.path, json: Self.json, headers: flooder).status == .ok)
            for index in 1..<NewGuestLimit.guests {
                // Neither a forged address nor an invented cookie makes a difference.
                var headers: Headers = ["x-forwarded-for": "203.0.113.\(index), 198.51.100.1"]
                if index.isMultiple(of: 2) { headers["cookie"] = "guest=\(GuestID.random().rawValue)" }
                #expect(try await client.send(.put, Self.path, json: Self.json, headers: headers).status == .ok)
            }
            for cookie in [nil, "guest=\(GuestID.random().rawValue)"] {
                var headers = flooder
                headers["cookie"] = cookie
                let refused = try await client.send(.put, Self.path, json: Self.json, headers: headers)
                #expect(refused.status == .tooManyRequests && refused.headers["retry-after"] == "3600")
                #expect(refused.headers["set-cookie"] == nil && refused.headers["cache-control"] == "no-store")
            }
            // Those who have a cart or an account are not affected, nor are other addresses.
            #expect(try await guest.send(.put, Self.path, json: #"{"quantity":7}"#, headers: flooder).status == .ok)
            #expect(try await guest.send(.get, "/cart", headers: flooder).decode(as: Cart.self).items.map(\.quantity) == [7])
            var signedIn = flooder
            signedIn["authorization"] = "Bearer \(try await accounts.token())"
            #expect(try await client.send(.put, Self.path, json: Self.json, headers: signedIn).status == .ok)
            let other = try await client.send(.put, Self.path, json: Self.json, headers: ["x-forwarded-for": "198.51.100.2"])
            #expect(other.status == .ok)
        }
    }

    @Test func aNetworkOfIPv6CountsAsOneAddress() async throws {
        let folder = try TemporaryFolder(), store = try await SQLiteStore.open("sqlite:\(folder.path)/store.db")
        let limit = NewGuestLimit(store: store)
        let admitted = await withTaskGroup(of: Bool.self) { group in
            for index in 0..<2 * NewGuestLimit.guests {
                group.addTask { (try? await limit.admit(from: "2001:db8::\(index)")) != nil }
            }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(admitted == NewGuestLimit.guests)
        await #expect(
            performing: { try await limit.admit(from: "2001:db8::ffff") }, throws: { ($0 as? Problem)?.status == .tooManyRequests })
        try await limit.admit(from: "2001:db8:0:1::1")
        try await limit.admit(from: nil)
        await store.close()
        withExtendedLifetime(folder) {}
    }
}
