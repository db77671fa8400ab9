import CatalogAPI
import Foundation
import Money
import Roost

/// A cart as the store keeps it.
@Schema
struct StoredCart: Hashable {
    /// In the order in which they were put in.
    var items: [StoredLine] = []
    /// Grows with each change of what is in it, and beyond every version that a cart of the account had before, even one that has expired.
    var version: Int = 0

    mutating func set(_ sku: String, to quantity: Int) throws(Problem) {
        advance()
        if let index = items.firstIndex(where: { $0.isOf(sku) }) {
            items[index].quantity = quantity
            items[index].version = version
        } else if items.count < ReservationRequest.count.upperBound {
            items.append(StoredLine(sku: sku, quantity: quantity, version: version))
        } else {
            throw Problem(.conflict, "A cart holds at most \(ReservationRequest.count.upperBound) different products.")
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

    /// Takes out what was ordered at a version: each line that has been neither put in nor changed since.
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

    /// Whether there is something in it that was ordered at a version.
    func holds(ordered: Int) -> Bool { items.contains { version(of: $0) <= ordered } }

    /// The version at which the oldest line was put in or changed.
    var since: Int { items.map { version(of: $0) }.min() ?? version }

    /// A line that was kept before lines had versions is as old as the cart was then.
    private func version(of line: StoredLine) -> Int { line.version ?? version }

    /// The version is a time, in microseconds since 1970, so that a cart that begins anew is beyond the one before.
    private mutating func advance() {
        for index in items.indices where items[index].version == nil { items[index].version = version }
        version = max(version + 1, Int(Date().timeIntervalSince1970 * 1e6))
    }
}

/// A product in a cart.
@Schema
struct StoredLine: Hashable {
    var sku: String
    var quantity: Int
    /// The cart's version when the line was put in or its quantity changed.
    var version: Int?
    /// What the customer was last shown that one costs.
    var price: Money?

    /// Numbers are one where their bytes are; Swift's strings are equal where Unicode joins them.
    func isOf(_ sku: String) -> Bool { self.sku.utf8.elementsEqual(sku.utf8) }
}
