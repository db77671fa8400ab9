import AccountsAPI
import CartsAPI
import CartsTesting
import Foundation
import Guests
import OrdersAPI
import Roost
import RoostGRPC
import RoostHTTP
import RoostSystemTesting
import Testing

/// A visitor fills a cart, signs in, and orders it, in the real shop and through its gateway.
@Suite(.serialized, .timeLimit(.minutes(5))) struct GuestTests {
    private static let password = "a good password"

    @Test(arguments: [[], ["--together"]]) func aGuestSignsInAndOrdersTheCart(arguments: [String]) async throws {
        let shop = try await ShopProcess.start(arguments)
        let http = PooledHTTPClient()
        defer { http.shutdown() }
        let client = HTTPTestClient(http, to: shop.address), browser = BrowserTestClient(over: client)
        let looked = try await browser.send(.get, "/cart")
        #expect(looked.status == .ok && looked.text == #"{"items":[],"total":{"amount":0,"currency":"EUR"}}"#)
        #expect(looked.headers["set-cookie"] == nil)
        let put = try await browser.send(.put, "/cart/items/TEA-0001", json: #"{"quantity":2}"#)
        let cookie = try #require(put.headers["set-cookie"]), id = try #require(browser.cookies[GuestCookie.name])
        #expect(cookie == "guest=\(id); Max-Age=2592000; Path=/; HttpOnly; SameSite=Lax")
        _ = try await browser.send(.put, "/cart/items/TEA-0002", json: #"{"quantity":1}"#)
        #expect(try await quantities(browser) == [2, 1])
        // An order needs an account.
        let order = NewOrder(paymentToken: "tok_ok", shippingAddress: Customer.address, email: nil)
        #expect(try await browser.send(.post, "/orders", body: order).status == .unauthorized)
        let token = try await signIn(browser)
        #expect(browser.cookies.isEmpty)
        let bearer: Headers = ["authorization": "Bearer \(token)"]
        let placed = try await browser.send(.post, "/orders", body: order, headers: bearer)
        #expect(placed.status == .created)
        #expect(try placed.decode(as: Order.self).items.map(\.quantity) == [2, 1])
        #expect(try await quantities(browser, bearer).isEmpty)
        // Whoever finds the cookie finds nothing.
        #expect(try await quantities(BrowserTestClient(over: client, cookies: [GuestCookie.name: id])).isEmpty)
        #expect(await shop.stop() == 0)
    }

    @Test(arguments: [[], ["--together"]]) func aTokenIsAnAccountWhateverTheCookie(arguments: [String]) async throws {
        let shop = try await ShopProcess.start(arguments)
        let http = PooledHTTPClient()
        defer { http.shutdown() }
        let client = HTTPTestClient(http, to: shop.address), browser = BrowserTestClient(over: client)
        let token = try await signIn(browser)
        _ = try await browser.send(.put, "/cart/items/TEA-0001", json: #"{"quantity":2}"#)
        let id = try #require(browser.cookies[GuestCookie.name])
        let wrong = try await browser.send(.get, "/cart", headers: ["authorization": "Bearer \(token)x"])
        #expect(wrong.status == .unauthorized && browser.cookies[GuestCookie.name] == id)
        #expect(try await quantities(browser, ["authorization": "Bearer \(token)"]) == [2])
        #expect(browser.cookies.isEmpty)
        #expect(try await quantities(BrowserTestClient(over: client, cookies: [GuestCookie.name: id])).isEmpty)
        #expect(try await client.send(.put, "/carts/\(UUID().uuidString)/guest", json: #"{"guest":"\#(id)"}"#).status == .notFound)
        #expect(await shop.stop() == 0)
    }

    /// In gRPC, the cookie is metadata.
    @Test func aGuestHasTheSameCartOverEveryWire() async throws {
        let shop = try await ShopProcess.start()
        let http = PooledHTTPClient(), caller = ServiceCaller.grpc(to: shop.address, as: ServiceIdentity(name: "tests"))
        defer { http.shutdown() }
        let browser = BrowserTestClient(over: HTTPTestClient(http, to: shop.address))
        _ = try await browser.send(.put, "/cart/items/TEA-0001", json: #"{"quantity":2}"#)
        let guest = try #require(browser.cookies[GuestCookie.name].flatMap(GuestID.init)), carts = CartsAPIContract.client(over: caller)
        #expect(try await carts.cart(of: nil, guest: guest).items.map(\.quantity) == [2])
        #expect(try await carts.put(sku: "TEA-0001", CartQuantity(quantity: 3), by: nil, guest: guest).items.map(\.quantity) == [3])
        #expect(try await carts.cart(of: nil, guest: nil).items.isEmpty)
        #expect(try await quantities(browser) == [3])
        caller.close()
        #expect(await shop.stop() == 0)
    }

    private func quantities(_ browser: BrowserTestClient, _ headers: Headers = [:]) async throws -> [Int] {
        try await browser.send(.get, "/cart", headers: headers).decode(as: Cart.self).items.map(\.quantity)
    }

    /// Signs up and signs in.
    /// - Returns: The access token.
    private func signIn(_ browser: BrowserTestClient) async throws -> String {
        let email = "\(UUID().uuidString.lowercased().prefix(8))@example.com"
        let account = #"{"email":"\#(email)","password":"\#(Self.password)","name":"Ada"}"#
        #expect(try await browser.send(.post, "/accounts", json: account).status == .created)
        // A sign-in does not wait for a slow cart: the next one adds the guest's.
        return try await eventually("the guest's cart is the account's") {
            let response = try await browser.send(.post, "/sessions", json: #"{"email":"\#(email)","password":"\#(Self.password)"}"#)
            #expect(response.status == .created)
            return browser.cookies.isEmpty ? try response.decode(as: TokenPair.self).accessToken : nil
        }
    }
}
