import Roost

/// An amount of money in the currency's minor unit: 1999 EUR are 19.99 €.
@Schema
public struct Money: Hashable {
    /// In minor units. Bounded so that sums of sums still fit.
    @Check(.range(0...1_000_000_000_000)) public var amount: Int
    /// An ISO 4217 code.
    @Check(.length(3...3)) public var currency: String

    public static func euros(cents: Int) -> Money { Money(amount: cents, currency: "EUR") }

    /// What so many of it cost.
    public static func * (price: Money, quantity: Int) -> Money { Money(amount: price.amount * quantity, currency: price.currency) }
}

extension Sequence<Money> {
    /// The sum, in the shop's one currency.
    public func total() -> Money { .euros(cents: reduce(0) { $0 + $1.amount }) }
}
