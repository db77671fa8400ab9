import CatalogAPI
import Foundation
import Money
import Roost

/// A cart as it is stored.
@Schema
struct StoredCart: Hashable {
    /// The lines, in the order in which they were added. A product has a second line if it came from a guest's cart.
    var items: [StoredLine] = []
    /// Increases with each change of the content, and is greater than every earlier version of a cart of the account, even of one that has
    /// expired.
    var version: Int = 0
    /// The last carts of guests that were added to this one, by their merges.
    var merged: [UUID]?
    /// The account that takes over this cart of a guest.
    var heir: CartHeir?

    /// The largest number of products.
    static let productLimit = ReservationRequest.count.upperBound

    /// The quantity of each product.
    var quantities: [(sku: String, quantity: Int)] {
        var sums: [(sku: String, quantity: Int)] = []
        for line in items {
            if let index = sums.firstIndex(where: { line.isOf($0.sku) }) {
                sums[index].quantity += line.quantity
            } else {
                sums.append((line.sku, line.quantity))
            }
        }
        return sums
    }

    mutating func set(_ sku: String, to quantity: Int) throws(Problem) {
        advance()
        if let index = items.firstIndex(where: { $0.isOf(sku) }) {
            let price = items[index].price
            items.removeAll { $0.isOf(sku) }
            items.insert(StoredLine(sku: sku, quantity: quantity, version: version, price: price), at: index)
        } else if quantities.count < Self.productLimit {
            items.append(StoredLine(sku: sku, quantity: quantity, version: version))
        } else {
            throw Problem(.conflict, "A cart holds at most \(Self.productLimit) different products.")
        }
    }

    mutating func remove(_ sku: String) {
        advance()
        items.removeAll { $0.isOf(sku) }
    }

    mutating func clear() {
        advance()
        items = []
    }

    /// Removes what was ordered at a version: each line that was neither added nor changed since then.
    mutating func checkOut(_ ordered: Int) {
        advance()
        items = items.filter { version(of: $0) > ordered }
    }

    /// The cart without what was ordered at a version, though it is still kept.
    func without(ordered: Int) -> StoredCart {
        var cart = self
        cart.items.removeAll { version(of: $0) <= ordered }
        return cart
    }

    /// Whether the cart contains something that was ordered at a version.
    func holds(ordered: Int) -> Bool { items.contains { version(of: $0) <= ordered } }

    /// The version at which the oldest line was added or changed.
    var since: Int { items.map { version(of: $0) }.min() ?? version }

    /// A line that was stored before lines had versions is as old as the cart was then.
    private func version(of line: StoredLine) -> Int { line.version ?? version }

    /// The version is a time, in microseconds since 1970, so that a new cart has a greater version than an expired one.
    mutating func advance() {
        for index in items.indices where items[index].version == nil { items[index].version = version }
        version = max(version + 1, Int(Date().timeIntervalSince1970 * 1e6))
    }
}

/// A product in a cart.
@Schema
struct StoredLine: Hashable {
    var sku: String
    var quantity: Int
    /// The cart's version when the line was added or its quantity was changed.
    var version: Int?
    /// The price of one that was last shown to the customer.
    var price: Money?

    /// Product numbers are compared by their bytes; Swift's strings are equal if they are canonically equivalent.
    func isOf(_ sku: String) -> Bool { self.sku.utf8.elementsEqual(sku.utf8) }
}
