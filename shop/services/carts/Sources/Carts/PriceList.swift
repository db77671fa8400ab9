import CartsAPI
import CatalogAPI
import Money
import Roost

/// What the catalog said of some products.
struct PriceList: Sendable {
    /// By the bytes of their numbers; `nil` where the catalog has none of this number.
    private var products: [[UInt8]: Product?] = [:]

    mutating func add(_ found: [Product], asked skus: [String]) {
        for sku in skus { products.updateValue(nil, forKey: Array(sku.utf8)) }
        for product in found { products[Array(product.sku.utf8)] = product }
    }

    subscript(_ sku: String) -> Product? { products[Array(sku.utf8)] ?? nil }

    /// The products of a cart that were not asked for yet.
    func missing(of cart: StoredCart) -> [String] { cart.items.map(\.sku).filter { products[Array($0.utf8)] == nil } }
}

extension StoredCart {
    /// What an empty cart's total is in.
    private static let currency = Currency.euro

    /// The cart at the catalog's prices. What the catalog no longer has is left out.
    /// - Throws: a `Problem`: 409 where the prices are in more than one currency, 422 where a sum would be too large.
    func priced(by list: PriceList) throws(Problem) -> Cart {
        var items: [CartItem] = []
        for line in self.items {
            guard let product = list[line.sku] else { continue }
            let sum = try product.price * line.quantity
            items.append(
                CartItem(sku: line.sku, name: product.name, quantity: line.quantity, unitPrice: product.price, lineTotal: sum))
        }
        if let first = items.first, let other = items.first(where: { $0.unitPrice.currency != first.unitPrice.currency }) {
            let currencies = "\(first.sku) is sold in \(first.unitPrice.currency.code), \(other.sku) in \(other.unitPrice.currency.code)"
            throw Problem(.conflict, "A cart has one currency: \(currencies). Take one of them out.")
        }
        return Cart(items: items, total: try items.lazy.map(\.lineTotal).total(ofNothingIn: Self.currency))
    }

    /// The cart as the customer is shown it, whose prices are kept with it.
    mutating func show(_ list: PriceList) throws(Problem) -> Cart {
        let cart = try priced(by: list)
        for index in items.indices { items[index].price = list[items[index].sku]?.price ?? items[index].price }
        return cart
    }

    /// The same after a change.
    /// - Returns: `nil` where there are products in it that the list does not know of; it is then left as it was.
    mutating func show(_ list: PriceList, after change: (inout StoredCart) throws -> Void) throws -> Cart? {
        var changed = self
        try change(&changed)
        guard list.missing(of: changed).isEmpty else { return nil }
        let cart = try changed.show(list)
        self = changed
        return cart
    }

    /// Sees to it that an order is charged what the customer was shown.
    /// - Throws: a `Problem` with status 409 where a product is not sold any more, or at another price.
    func checkShown(_ list: PriceList) throws(Problem) {
        for line in items {
            guard let product = list[line.sku] else {
                throw Problem(.conflict, "\(line.sku) is not sold any more: take it out of the cart.")
            }
            if let shown = line.price, shown != product.price {
                throw Problem(.conflict, "\(line.sku) costs \(product.price) now, not \(shown): look at the cart again before you order.")
            }
        }
    }
}
