import CartsAPI
import CatalogAPI
import Foundation
import Money
import Roost
import ShopCommon

/// Answers for the carts' contract.
struct Carts: CartsAPI {
    let shelves: CartShelves
    let catalog: any CatalogAPI

    func cart() async throws -> Cart {
        try await priced(shelves.cart(of: RequestContext.current.principal.accountID))
    }

    func put(sku: String, _ item: CartQuantity) async throws -> Cart {
        let account = try RequestContext.current.principal.accountID
        _ = try await catalog.product(sku: sku)
        return try await priced(shelves.change(account) { cart throws(Problem) in try cart.set(sku, to: item.quantity) })
    }

    func remove(sku: String) async throws {
        _ = try await shelves.change(RequestContext.current.principal.accountID) { $0.remove(sku) }
    }

    func clear() async throws {
        _ = try await shelves.change(RequestContext.current.principal.accountID) { $0.clear() }
    }

    func snapshot(account: UUID) async throws -> CartSnapshot {
        let cart = try await shelves.cart(of: account)
        return CartSnapshot(cart: try await priced(cart), version: cart.version)
    }

    func checkOut(account: UUID, version: Int) async throws {
        _ = try await shelves.change(account) { cart in
            if cart.version == version { cart.clear() }
        }
    }

    /// The cart at the catalog's prices. What the catalog no longer has is left out.
    private func priced(_ cart: StoredCart) async throws -> Cart {
        let products = cart.items.isEmpty ? [] : try await catalog.lookup(cart.items.map(\.sku))
        let bySKU = Dictionary(products.map { ($0.sku, $0) }) { first, _ in first }
        let items = cart.items.compactMap { item in
            bySKU[item.sku].map { product in
                CartItem(
                    sku: item.sku, name: product.name, quantity: item.quantity, unitPrice: product.price,
                    lineTotal: product.price * item.quantity)
            }
        }
        return Cart(items: items, total: items.lazy.map(\.lineTotal).total())
    }
}
