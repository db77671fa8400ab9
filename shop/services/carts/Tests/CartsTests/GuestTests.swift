import CartsAPI
import Foundation
import Guests
import OrderedCarts
import Roost
import RoostSQLite
import RoostStore
import RoostSystemTesting
import Testing

/// Carts without an account.
@Suite(.timeLimit(.minutes(5))) struct GuestTests {
    @Test func aGuestHasACartByACookie() async throws {
        try await CartsShop.run { shop in
            let guest = try await shop.guest()
            let first = try await guest.put("TEA-0001", 2)
            #expect(try first.status == .ok && first.decode(as: Cart.self).items.map(\.quantity) == [2])
            #expect(try await guest.put("TEA-0002").status == .ok)
            #expect(try await guest.content() == "TEA-0001:2 TEA-0002:1")
            #expect(try await guest.http.send(.delete, "/cart/items/TEA-0001").status == .noContent)
            #expect(try await guest.content() == "TEA-0002:1")
            #expect(try await guest.http.send(.delete, "/cart").status == .noContent)
            #expect(guest.cookie == nil)
            let other = try await shop.guest()
            _ = try await (guest.put("TEA-0003"), other.put("TEA-0004"))
            #expect(try await guest.content() == "TEA-0003:1")
            #expect(try await other.content() == "TEA-0004:1")
            #expect(guest.cookie != other.cookie)
        }
    }

    @Test(arguments: [(["ENVIRONMENT": "production"], "; Secure"), (["ENVIRONMENT": "development"], "")])
    func theCookieIsAsNarrowAsItCanBe(settings: [String: String], secure: String) async throws {
        try await CartsShop.run(settings) { shop in
            let guest = try await shop.guest()
            let response = try await guest.put("TEA-0001")
            let id = try #require(guest.cookie)
            let text = "guest=\(id); Max-Age=2592000; Path=/\(secure); HttpOnly; SameSite=Lax"
            #expect(response.headers.values("set-cookie") == [text] && response.headers["cache-control"] == "no-store")
            // 256 bits.
            #expect(id.utf8.count == 43 && GuestID(rawValue: id) != nil)
            // Each change keeps it for another 30 days.
            #expect(try await guest.put("TEA-0001", 2).headers["set-cookie"] == text)
            #expect(try await guest.http.send(.delete, "/cart/items/TEA-0001").headers["set-cookie"] == text)
        }
    }

    @Test func whoeverOnlyLooksIsNoGuest() async throws {
        try await CartsShop.run { shop in
            let guest = try await shop.guest()
            for (method, path) in [(RequestMethod.get, "/cart"), (.delete, "/cart/items/TEA-0001"), (.delete, "/cart")] {
                let response = try await guest.http.send(method, path)
                #expect(response.status.isSuccess && response.headers["set-cookie"] == nil)
            }
            #expect(try await guest.content() == "")
            // What is refused sets no cookie either.
            #expect(try await guest.put("NONE").status == .notFound)
            #expect(try await guest.put("TEA-0001", 0).status == .unprocessable)
            #expect(guest.cookie == nil)
        }
    }

    /// A value that the shop did not set is treated as missing, and is never an account's key.
    @Test func aForgedCookieOpensNothing() async throws {
        let folder = try TemporaryFolder()
        try await CartsShop.run(in: folder) { shop in
            _ = try await shop.put("TEA-0001")
            let known = GuestID.random(), guest = try await shop.guest(known.rawValue)
            _ = try await guest.put("TEA-0002")
            let account = shop.account.text, long = String(repeating: "a", count: 5000)
            let forged = [
                account, "cart:\(account)", "../cart:\(account)", "%2e%2e/cart:\(account)", account.uppercased(), "", "x", long,
                String(known.rawValue.dropLast()), known.rawValue + "a", "cart:" + account + "aa", known.digest, "\"\"", "*",
                String(repeating: "=", count: 43), String(repeating: ".", count: 43),
            ]
            for value in forged {
                let thief = try await shop.guest(value)
                #expect(try await thief.content() == "", "\(value)")
                let response = try await thief.put("TEA-0003")
                #expect(response.status == .ok)
                // The guest is another one from now on, unless the value could have been one.
                #expect(value == known.digest || thief.cookie != value)
            }
            for line in ["guest=\(known.rawValue); guest=\(known.rawValue)", "guest", "Guest=\(known.rawValue)", "guest = x; \u{1}"] {
                let thief = try await shop.guest()
                let response = try await thief.http.send(.get, "/cart", headers: ["cookie": line])
                #expect(try response.decode(as: Cart.self).items.isEmpty, "\(line)")
            }
            #expect(try await shop.content() == "TEA-0001:1")
            #expect(try await guest.content() == "TEA-0002:1")
        }
    }

    @Test func aWrongTokenMakesNoGuest() async throws {
        try await CartsShop.run { shop in
            let guest = try await shop.guest()
            _ = try await guest.put("TEA-0001")
            for authorization in ["Bearer a.b.c", "Bearer", "Basic YTpi", "Bearer a b"] {
                let headers: Headers = ["authorization": authorization]
                #expect(try await guest.http.send(.get, "/cart", headers: headers).status == .unauthorized)
                let put = try await guest.http.send(.put, "/cart/items/TEA-0001", json: #"{"quantity":9}"#, headers: headers)
                #expect(put.status == .unauthorized && put.headers["set-cookie"] == nil)
                #expect(try await guest.http.send(.delete, "/cart", headers: headers).status == .unauthorized)
            }
            #expect(try await guest.content() == "TEA-0001:1")
        }
    }

    @Test func theStoreDoesNotTellTheCookies() async throws {
        let folder = try TemporaryFolder()
        try await CartsShop.run(in: folder) { shop in
            let guest = try await shop.guest()
            _ = try await guest.put("TEA-0001")
            let id = try #require(guest.cookie.flatMap(GuestID.init))
            try await shop.withStore { store in
                let stored = try #require(await store.get("guest-cart:\(id.digest)"))
                #expect(try #require(stored.ttl) > .seconds(29 * 24 * 3600))
            }
            for name in try FileManager.default.contentsOfDirectory(atPath: folder.path) {
                let data = FileManager.default.contents(atPath: "\(folder.path)/\(name)") ?? Data()
                #expect(data.range(of: Data(id.rawValue.utf8)) == nil, "\(name)")
            }
            #expect(!"\(id)".contains(id.rawValue))
        }
    }

    @Test func aCartThatCannotBeReadCanBeEmptied() async throws {
        try await CartsShop.run { shop in
            let id = GuestID.random(), guest = try await shop.guest(id.rawValue)
            try await shop.withStore { try await $0.put("guest-cart:\(id.digest)", Array("?".utf8), ttl: .seconds(60), if: .always) }
            #expect(try await guest.http.send(.get, "/cart").status == .internalError)
            #expect(try await guest.http.send(.delete, "/cart").status == .noContent)
            #expect(try await guest.put("TEA-0001").status == .ok)
        }
    }
}
