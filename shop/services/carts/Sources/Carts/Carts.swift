import CartsAPI
import CatalogAPI
import Foundation
import Money
import Roost
import ShopCommon

/// Implements the contract of the carts.
@Service(CartsAPI.self)
struct Carts: CartsAPI {
    /// How often a change is repeated if others add products in the meantime.
    private static let attempts = 32
    /// The pauses before a change is tried again that another one preceded.
    private static let pauses = Backoff(first: .milliseconds(1), longest: .milliseconds(20), jitter: 0...1)

    let repository: CartRepository
    let catalog: any CatalogAPI

    func cart(of customer: Principal.Account) async throws -> Cart {
        try await show(customer.uuid) { _ in }
    }

    func put(sku: String, _ item: CartQuantity, by customer: Principal.Account) async throws -> Cart {
        do {
            return try await show(customer.uuid, with: sku) { try $0.set(sku, to: item.quantity) }
        } catch let problem as Problem where problem.status == .unprocessable {
            // If a sum is too large, the requested quantity is the reason.
            throw Problem.invalid(problem.errors.map { Fault(pointer: "/quantity", rule: $0.rule, message: $0.message) })
        }
    }

    func remove(sku: String, by customer: Principal.Account) async throws {
        let account = try customer.uuid
        try await repository.change(account, try await repository.cart(of: account)) { $0.remove(sku) }
    }

    func clear(by customer: Principal.Account) async throws {
        try await repository.clear(customer.uuid)
    }

    func snapshot(account: UUID) async throws -> CartSnapshot {
        let cart = try await repository.cart(of: account).cart
        var list = PriceList()
        try await ask(for: list.missing(of: cart), &list)
        try cart.checkShown(list)
        return CartSnapshot(cart: try cart.priced(by: list), version: cart.version, since: cart.since)
    }

    func checkOut(account: UUID, version: Int) async throws {
        let held = try await repository.cart(of: account)
        guard held.cart.holds(ordered: version) else { return }
        try await repository.change(account, held) { $0.checkOut(version) }
    }

    /// Changes a cart, and returns it as it is then shown to the customer: at the catalog's prices, which are stored with it. A change that
    /// makes it impossible to show the cart is rejected, and leaves it unchanged.
    /// - Parameter sku: A product that the catalog must have.
    private func show(
        _ account: UUID, with sku: String? = nil, after change: (inout StoredCart) throws -> Void
    ) async throws -> Cart {
        var list = PriceList()
        for attempt in 1...Self.attempts {
            let held = try await repository.cart(of: account)
            var cart = held.cart
            try change(&cart)
            try await ask(for: list.missing(of: cart), &list)
            if let sku, list[sku] == nil { throw Problem(.notFound, "There is no product \(sku).") }
            let shown = try cart.show(list)
            // Reading a cart does not write it unless the prices shown have changed.
            if cart == held.cart { return shown }
            let known = list
            if let shown = try await repository.change(account, held, { try $0.show(known, after: change) }) { return shown }
            try await Task.sleep(for: Self.pauses.pause(after: attempt))
        }
        throw Problem.unavailable("Too many changes to this cart at once. Try again.")
    }

    private func ask(for skus: [String], _ list: inout PriceList) async throws {
        guard !skus.isEmpty else { return }
        list.add(try await catalog.lookup(skus), asked: skus)
    }
}
