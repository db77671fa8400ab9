import Accounts
import AccountsAPI
import Carts
import CartsAPI
import CartsTesting
import Catalog
import Foundation
import Guests
import Roost
import RoostSystem
import RoostSystemTesting
import Testing

/// A guest who signs in keeps the cart.
@Suite(.timeLimit(.minutes(5))) struct GuestSignInTests {
    private static let signIn = #"{"email":"ada@example.com","password":"a good password"}"#

    @Test(arguments: [Arrangement.together, .apart]) func theCartIsTheAccountsFromTheSignInOn(arrangement: Arrangement) async throws {
        try await TestSystem.run(arrangement: arrangement) {
            AccountsService()
            CatalogService()
            CartsService()
        } test: { system in
            let ada = try await SignedIn.ada(in: system)
            let carts = try await system.client(CartsAPIContract.self, as: .bearer(ada.tokens.accessToken))
            _ = try await carts.put(sku: "TEA-0001", CartQuantity(quantity: 2), by: .signedIn)
            let shopping = BrowserTestClient(over: try await system.client(of: "carts"))
            #expect(try await shopping.send(.put, "/cart/items/TEA-0001", body: CartQuantity(quantity: 3)).status == .ok)
            let id = try #require(shopping.cookies["guest"])
            let browser = BrowserTestClient(over: try await system.client(of: "accounts"), cookies: ["guest": id])
            // A wrong password merges nothing.
            let wrong = try await browser.send(.post, "/sessions", json: #"{"email":"ada@example.com","password":"a bad password"}"#)
            #expect(wrong.headers["cache-control"] == "no-store")
            #expect(wrong.status == .unauthorized && browser.cookies["guest"] == id)
            #expect(try await carts.cart(of: .signedIn).items.map(\.quantity) == [2])
            // A sign-in does not wait for a slow cart: the next one adds the guest's.
            let response = try await eventually("the guest's cart is the account's") {
                let response = try await browser.send(.post, "/sessions", json: Self.signIn)
                #expect(response.status == .created)
                return browser.cookies.isEmpty ? response : nil
            }
            #expect(response.headers.values("set-cookie") == ["guest=; Max-Age=0; Path=/; Secure; HttpOnly; SameSite=Lax"])
            #expect(response.headers["cache-control"] == "no-store")
            #expect(try await carts.cart(of: .signedIn).items.map(\.quantity) == [5])
            // The same cookie again, as from another tab, adds nothing.
            browser.cookies = ["guest": id]
            #expect(try await browser.send(.post, "/sessions", json: Self.signIn).status == .created)
            #expect(try await carts.cart(of: .signedIn).items.map(\.quantity) == [5])
        }
    }

    @Test func aSignInWithoutACookieSetsNone() async throws {
        try await TestSystem.run {
            AccountsService()
            CatalogService()
            CartsService()
        } test: { system in
            _ = try await SignedIn.ada(in: system)
            let client = try await system.client(of: "accounts")
            for cookie in [nil, "guest=x", "guest=\(GuestID.random().rawValue); guest=\(GuestID.random().rawValue)"] {
                var headers = Headers()
                headers["cookie"] = cookie
                let response = try await client.send(.post, "/sessions", json: Self.signIn, headers: headers)
                #expect(response.status == .created && response.headers["set-cookie"] == nil)
            }
        }
    }

    /// A fault of the carts service does not prevent a sign-in. The cookie stays, so that the carts can be merged later.
    @Test(arguments: [Status.unavailable, .internalError, .conflict]) func aFailedMergeKeepsTheCookie(status: Status) async throws {
        let merges = Calls<GuestCart, UUID>()
        let carts = CartsAPIDouble(merge: merges.recording { _, _ in throw Problem(status) })
        try await TestSystem.run {
            AccountsService()
            ServiceDouble(CartsAPIContract.self, by: carts)
        } test: { system in
            _ = try await SignedIn.ada(in: system)
            let id = GuestID.random().rawValue
            let browser = BrowserTestClient(over: try await system.client(of: "accounts"), cookies: ["guest": id])
            let response = try await browser.send(.post, "/sessions", json: Self.signIn)
            #expect(response.status == .created && response.headers["set-cookie"] == nil && browser.cookies["guest"] == id)
            #expect(merges.all.map(\.0.guest.rawValue) == [id])
        }
    }

    @Test func aSystemWithoutCartsHasNothingToMerge() async throws {
        try await TestSystem.run {
            AccountsService()
        } test: { system in
            _ = try await SignedIn.ada(in: system)
            let browser = BrowserTestClient(over: try await system.client(of: "accounts"), cookies: ["guest": GuestID.random().rawValue])
            #expect(try await browser.send(.post, "/sessions", json: Self.signIn).status == .created)
        }
    }
}
