import CartsAPI
import CatalogAPI
import Foundation
import Guests
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
    let cookie: GuestCookie
    let newGuests: NewGuestLimit

    func cart(of customer: Principal.Account?, guest: GuestID?) async throws -> Cart {
        do {
            if let owner = try await owner(customer, guest) { return try await show(owner) { _ in } }
        } catch is CartIsTaken {}
        return try StoredCart().priced(by: PriceList())
    }

    func put(sku: String, _ item: CartQuantity, by customer: Principal.Account?, guest: GuestID?) async throws -> Cart {
        switch try await owner(customer, guest) {
        case .account(let id): try await put(sku, item.quantity, in: .account(id))
        case .guest(let id): try await put(sku, item.quantity, by: id)
        case nil: try await put(sku, item.quantity, by: .random())
        }
    }

    func remove(sku: String, by customer: Principal.Account?, guest: GuestID?) async throws {
        guard let owner = try await owner(customer, guest) else { return }
        let held = try await repository.cart(of: owner)
        // An account's cart is written in any case, without what was ordered.
        if case .guest = owner, held.cart.items.isEmpty { return }
        do {
            try await repository.change(owner, held) { $0.remove(sku) }
            if case .guest(let id) = owner { try cookie.set(id) }
        } catch is CartIsTaken {}
    }

    func clear(by customer: Principal.Account?, guest: GuestID?) async throws {
        // Nothing is merged, so that a cart that cannot be read can be emptied.
        let account = try customer?.uuid
        if let account { try await repository.clear(account) }
        if let guest {
            try await repository.remove(guest, for: account)
            try cookie.remove()
        }
    }

    func snapshot(account: UUID) async throws -> CartSnapshot {
        let cart = try await repository.cart(of: .account(account)).cart
        var list = PriceList()
        try await ask(for: list.missing(of: cart), &list)
        try cart.checkShown(list)
        return CartSnapshot(cart: try cart.priced(by: list), version: cart.version, since: cart.since)
    }

    func checkOut(account: UUID, version: Int) async throws {
        let held = try await repository.cart(of: .account(account))
        guard held.cart.holds(ordered: version) else { return }
        try await repository.change(.account(account), held) { $0.checkOut(version) }
    }

    func merge(_ guest: GuestCart, account: UUID) async throws { try await repository.merge(guest.guest, into: account) }

    /// Returns whose cart a call is about, or `nil` if it has neither an account nor a cookie. An account's cart then has what its customer put in as a
    /// guest, even if the carts could not be merged at the sign-in.
    private func owner(_ customer: Principal.Account?, _ guest: GuestID?) async throws -> CartOwner? {
        guard let account = try customer?.uuid else { return guest.map { .guest($0) } }
        if let guest {
            try await repository.merge(guest, into: account)
            try cookie.remove()
        }
        return .account(account)
    }

    /// Changes a guest's cart, and has the browser keep the cookie as long as the store keeps the cart.
    private func put(_ sku: String, _ quantity: Int, by guest: GuestID) async throws -> Cart {
        do {
            let cart = try await put(sku, quantity, in: .guest(guest))
            try cookie.set(guest)
            return cart
        } catch is CartIsTaken {
            // The guest has just signed in elsewhere, and begins another cart here. The cookie, which is lost now, is not needed for the other.
            try await repository.finishMerge(of: guest)
            return try await put(sku, quantity, by: .random())
        }
    }

    private func put(_ sku: String, _ quantity: Int, in owner: CartOwner) async throws -> Cart {
        do {
            return try await show(owner, with: sku) { try $0.set(sku, to: quantity) }
        } catch let problem as Problem where problem.status == .unprocessable {
            // If a sum is too large, the requested quantity is the reason.
            throw Problem.invalid(problem.errors.map { Fault(pointer: "/quantity", rule: $0.rule, message: $0.message) })
        }
    }

    /// Changes a cart, and returns it as it is then shown to the customer: at the catalog's prices, which are stored with it. A change that
    /// makes it impossible to show the cart is rejected, and leaves it unchanged.
    /// - Parameter sku: A product that the catalog must have.
    private func show(
        _ owner: CartOwner, with sku: String? = nil, after change: (inout StoredCart) throws -> Void
    ) async throws -> Cart {
        var list = PriceList(), isAdmitted = false
        for attempt in 1...Self.attempts {
            let held = try await repository.cart(of: owner)
            var cart = held.cart
            try change(&cart)
            try await ask(for: list.missing(of: cart), &list)
            if let sku, list[sku] == nil { throw Problem(.notFound, "There is no product \(sku).") }
            let shown = try cart.show(list)
            // Reading a cart does not write it unless the prices shown have changed.
            if cart == held.cart { return shown }
            if case .guest = owner, !held.isStored, !isAdmitted {
                try await newGuests.admit(from: RequestContext.current?.clientAddress)
                isAdmitted = true
            }
            let known = list
            if let shown = try await repository.change(owner, held, { try $0.show(known, after: change) }) { return shown }
            try await Task.sleep(for: Self.pauses.pause(after: attempt))
        }
        throw Problem.unavailable("Too many changes to this cart at once. Try again.")
    }

    private func ask(for skus: [String], _ list: inout PriceList) async throws {
        guard !skus.isEmpty else { return }
        list.add(try await catalog.lookup(skus), asked: skus)
    }
}
