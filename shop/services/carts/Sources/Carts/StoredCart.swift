import CatalogAPI
import Roost

/// A cart as the store keeps it: what and how many, no prices.
@Schema
struct StoredCart {
    /// How many different products a cart may hold.
    static let limit = 100

    /// In the order in which they were put in.
    var items: [Quantity] = []
    /// Grows with each change.
    var version: Int = 0

    mutating func set(_ sku: String, to quantity: Int) throws(Problem) {
        version += 1
        if let index = items.firstIndex(where: { $0.sku == sku }) {
            items[index].quantity = quantity
        } else if items.count < Self.limit {
            items.append(Quantity(sku: sku, quantity: quantity))
        } else {
            throw Problem(.conflict, "A cart holds at most \(Self.limit) different products.")
        }
    }

    mutating func remove(_ sku: String) {
        version += 1
        items.removeAll { $0.sku == sku }
    }

    mutating func clear() {
        version += 1
        items = []
    }
}
