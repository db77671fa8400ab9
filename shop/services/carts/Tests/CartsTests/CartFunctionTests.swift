import CartsAPI
import CartsTesting
import CatalogAPI
import Foundation
import Guests
import Money
import Roost
import RoostSQLite
import RoostSystemTesting
import ShopCommon
import Testing

@testable import Carts

/// The functions by themselves: the customer is a parameter, so no call is needed.
@Suite(.timeLimit(.minutes(5))) struct CartFunctionTests {
    @Test func eachCustomerHasACart() async throws {
        let folder = try TemporaryFolder()
        let store = try await SQLiteStore.open(folder.databaseURL("store.db"))
        let carts = Carts(
            repository: CartRepository(store: store), catalog: Shelf(), cookie: GuestCookie(isSecure: true),
            newGuests: NewGuestLimit(guests: 1000, store: store))
        let ada = Principal.Account(UUID.v7()), eve = Principal.Account(UUID.v7())
        _ = try await carts.put(sku: "MUG", CartQuantity(quantity: 2), by: ada)
        let cart = try await carts.cart(of: ada)
        #expect(cart.items.map(\.quantity) == [2] && cart.total.amount == 2400)
        #expect(try await carts.cart(of: eve).items.isEmpty)
        try await carts.clear(by: eve)
        #expect(try await carts.cart(of: ada).items.count == 1)
        let foreign = Principal.Account("the account of another system")
        await #expect(performing: { try await carts.cart(of: foreign) }, throws: { ($0 as? Problem)?.status == .forbidden })
        await store.close()
        withExtendedLifetime(folder) {}
    }
}

/// Sells mugs for 12 euros.
private struct Shelf: CatalogAPI {
    func product(sku: String) async throws -> Product {
        Product(sku: sku, name: "Mug", description: "", category: "mugs", price: .euros(cents: 1200), stock: 9, imageUrl: "/mug.svg")
    }

    func lookup(_ skus: [String]) async throws -> [Product] {
        var products: [Product] = []
        for sku in skus { products.append(try await product(sku: sku)) }
        return products
    }

    func products(query: String?, category: String?, limit: PageLimit?, cursor: PageCursor?) async throws -> Page<Product> {
        throw Problem(.notImplemented)
    }
    func put(sku: String, _ details: ProductDetails) async throws -> Product { throw Problem(.notImplemented) }
    func changeStock(sku: String, _ change: StockChange) async throws -> Product { throw Problem(.notImplemented) }
    func reserve(order: UUID, _ request: ReservationRequest) async throws -> Reservation { throw Problem(.notImplemented) }
    func release(order: UUID) async throws { throw Problem(.notImplemented) }
}
