import CartsAPI
import CatalogAPI
import Money
import Roost

/// The catalog's answers about some products.
struct PriceList: Sendable {
    /// The products by the bytes of their numbers; `nil` if the catalog has no product with this number.
    private var products: [[UInt8]: Product?] = [:]

    mutating func add(_ found: [Product], asked skus: [String]) {
        for sku in skus { products.updateValue(nil, forKey: Array(sku.utf8)) }
        for product in found { products[Array(product.sku.utf8)] = product }
    }

    subscript(_ sku: String) -> Product? { products[Array(sku.utf8)] ?? nil }

    /// The products of a cart that have not been looked up yet.
    func missing(of cart: StoredCart) -> [String] { cart.quantities.map(\.sku).filter { products[Array($0.utf8)] == nil } }
}

extension StoredCart {
    /// The currency of the total of an empty cart.
    private static let currency = Currency.euro

    /// The cart at the catalog's prices. Products that the catalog no longer has are left out.
    /// - Throws: A `Problem` with status 409 if the prices are in more than one currency, or 422 if a sum would be too large.
    func priced(by list: PriceList) throws(Problem) -> Cart {
        var items: [CartItem] = []
        for (sku, quantity) in quantities {
            guard let product = list[sku] else { continue }
            let sum = try product.price * quantity
            items.append(CartItem(sku: sku, name: product.name, quantity: quantity, unitPrice: product.price, lineTotal: sum))
        }
        if let first = items.first, let other = items.first(where: { $0.unitPrice.currency != first.unitPrice.currency }) {
            let currencies = "\(first.sku) is sold in \(first.unitPrice.currency.code), \(other.sku) in \(other.unitPrice.currency.code)"
            throw Problem(.conflict, "A cart has one currency: \(currencies). Take one of them out.")
        }
        return Cart(items: items, total: try items.lazy.map(\.lineTotal).total(ofNothingIn: Self.currency))
    }

    /// The cart as it is shown to the customer; the prices shown are stored with it.
    mutating func show(_ list: PriceList) throws(Problem) -> Cart {
        let cart = try priced(by: list)
        for index in items.indices { items[index].price = list[items[index].sku]?.price ?? items[index].price }
        return cart
    }

    /// The same after a change.
    /// - Returns: `nil` if the cart contains products that are not in this list; the cart is then unchanged.
    mutating func show(_ list: PriceList, after change: (inout StoredCart) throws -> Void) throws -> Cart? {
        var changed = self
        try change(&changed)
        guard list.missing(of: changed).isEmpty else { return nil }
        let cart = try changed.show(list)
        self = changed
        return cart
    }

    /// Checks that an order is charged the prices that the customer was shown.
    /// - Throws: A `Problem` with status 409 if a product is no longer sold, or is sold at another price.
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
