import AccountsTesting
import CartsAPI
import Catalog
import Foundation
import Guests
import Roost
import RoostGRPC
import RoostGateway
import RoostHTTP
import RoostSQLite
import RoostStore
import RoostSystem
import RoostSystemTesting
import TestTools
import Testing

@testable import Carts

/// Requests without a cookie cannot fill the store.
@Suite(.timeLimit(.minutes(5))) struct NewGuestLimitTests {
    private static let path = "/cart/items/TEA-0001"
    private static let json = #"{"quantity":1}"#
    private static let guests = 5
    private static let settings = [
        "SERVICE_KEY": "a key for services", "TRUSTED_PROXIES": "1", NewGuestLimit.setting.key: String(guests),
    ]

    @Test(arguments: Arrangement.allCases) func anAddressBeginsALimitedNumberOfCarts(arrangement: Arrangement) async throws {
        let accounts = TestAccounts()
        try await TestSystem.run(Self.settings, arrangement: arrangement) {
            Gateway(port: 0)
            accounts
            CatalogService()
            CartsService()
        } test: { system in
            let client = try await system.client(of: "gateway"), guest = BrowserTestClient(over: client)
            let flooder: Headers = ["x-forwarded-for": "198.51.100.1"]
            #expect(try await guest.send(.put, Self.path, json: Self.json, headers: flooder).status == .ok)
            // Requests that begin no cart are not counted.
            for _ in 0..<Self.guests {
                #expect(try await client.send(.put, "/cart/items/NONE", json: Self.json, headers: flooder).status == .notFound)
                #expect(try await client.send(.put, Self.path, json: #"{"quantity":0}"#, headers: flooder).status == .unprocessable)
                #expect(try await client.send(.get, "/cart", headers: flooder).status == .ok)
            }
            for index in 1..<Self.guests {
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

    @Test func itHoldsOverGRPC() async throws {
        let accounts = TestAccounts()
        try await TestSystem.run(Self.settings) {
            Gateway(port: 0)
            accounts
            CatalogService()
            CartsService()
        } test: { system in
            let address = HTTPAddress(host: "127.0.0.1", port: try await system.port(of: "gateway"))
            let caller = ServiceCaller.grpc(to: address, as: ServiceIdentity(name: "test"))
            defer { caller.close() }
            func put(from address: String) async throws -> Cart {
                try await CartsAPIContract.client(over: Forwarded(for: address, over: caller))
                    .put(sku: "TEA-0001", CartQuantity(quantity: 1), by: nil, guest: nil)
            }
            for _ in 0..<Self.guests { #expect(try await put(from: "198.51.100.1").items.count == 1) }
            await #expect {
                try await put(from: "198.51.100.1")
            } throws: { error in
                let problem = error as? Problem
                return problem?.status == .tooManyRequests && problem?.headers["retry-after"] == "3600"
            }
            #expect(try await put(from: "198.51.100.2").items.count == 1)
        }
    }

    private func withLimit(_ body: (NewGuestLimit) async throws -> Void) async throws {
        let folder = try TemporaryFolder(), store = try await SQLiteStore.open(folder.databaseURL("store.db"))
        try await body(NewGuestLimit(guests: Self.guests, store: store))
        await store.close()
        withExtendedLifetime(folder) {}
    }

    @Test func aNetworkOfIPv6CountsAsOneAddress() async throws {
        try await withLimit { limit in
            let admitted = await withTaskGroup(of: Bool.self) { group in
                for index in 0..<2 * Self.guests {
                    group.addTask { (try? await limit.admit(from: "2001:db8::\(index)")) != nil }
                }
                return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            #expect(admitted == Self.guests)
            await #expect(
                performing: { try await limit.admit(from: "2001:db8::ffff") }, throws: { ($0 as? Problem)?.status == .tooManyRequests })
            try await limit.admit(from: "2001:db8:0:1::1")
            try await limit.admit(from: nil)
        }
    }

    @Test func theOperatorIsToldOnceAboutAnAddress() async throws {
        let log = RecordedLog()
        try await withLimit { limit in
            try await RequestContext(logger: log.logger).run {
                for _ in 0..<Self.guests { try await limit.admit(from: "198.51.100.1") }
                for _ in 0..<Self.guests {
                    await #expect(throws: Problem.self) { try await limit.admit(from: "198.51.100.1") }
                }
                try await limit.admit(from: "198.51.100.2")
            }
        }
        let warnings = log.lines.filter { $0.level == .warning }
        #expect(warnings.count == 1)
        #expect(warnings.first?.text.contains("198.51.100.1") == true && warnings.first?.text.contains("TRUSTED_PROXIES") == true)
    }
}

/// A caller behind a proxy, which states the client's address.
private struct Forwarded: Caller {
    private let address: String
    private let caller: any Caller

    init(for address: String, over caller: any Caller) { (self.address, self.caller) = (address, caller) }

    var codec: any CallCodec { caller.codec }

    func send(_ request: Request, for route: Route) async throws -> Response {
        var request = request
        request.headers["x-forwarded-for"] = address
        return try await caller.send(request, for: route)
    }
}
