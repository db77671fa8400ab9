import CatalogAPI
import Foundation
import Money
import Roost

/// The account that takes over a guest's cart.
@Schema
struct CartHeir: Hashable {
    var account: UUID
    /// Identifies the merge, so that it is not repeated.
    var merge: UUID
}

extension StoredCart {
    /// How many merges a cart remembers. Repeating one of them has no effect.
    private static let memory = 16

    /// Adds the content of a guest's cart, unless the same merge has done so before.
    ///
    /// Quantities of a product add up, to 1000 at most. Left out are products beyond the largest number, and those with which the cart would
    /// have no total at the prices that were shown: in another currency, or worth too much.
    mutating func add(_ guest: StoredCart, by merge: UUID) {
        guard merged?.contains(merge) != true else { return }
        advance()
        merged = Array(((merged ?? []) + [merge]).suffix(Self.memory))
        for line in guest.items { add(line) }
    }

    private mutating func add(_ line: StoredLine) {
        let own = items.indices.filter { items[$0].isOf(line.sku) }
        let held = own.map { items[$0].quantity }.reduce(0, +), quantity = min(line.quantity, Quantity.range.upperBound - held)
        guard quantity > 0, !own.isEmpty || quantities.count < Self.productLimit else { return }
        let added = StoredLine(sku: line.sku, quantity: quantity, version: version, price: line.price)
        guard hasTotal(with: added) else { return }
        // An order that is placed at the same time takes what the cart had before, and leaves this: so it is a line of its own.
        if own.count < 2 {
            items.append(added)
        } else if let last = own.last {
            items[last].quantity += quantity
            items[last].version = version
        }
    }

    private func hasTotal(with line: StoredLine) -> Bool {
        do {
            var sums: [Money] = []
            for line in items + [line] { if let price = line.price { sums.append(try price * line.quantity) } }
            _ = try sums.total(ofNothingIn: .euro)
            return true
        } catch {
            return false
        }
    }
}
