import Roost

/// An amount of money in the currency's minor unit: 1999 EUR are 19.99 €.
///
/// No amount leaves the bounds, and amounts of different currencies never add: what would be such a sum is refused where it would arise.
@Schema
public struct Money: Hashable {
    /// The largest amount: far from what a number of 64 bits holds, so that no sum of a few is ever wrong before it is refused.
    public static let limit = 1_000_000_000_000

    /// In minor units.
    @Check(.range(0...Money.limit)) public private(set) var amount: Int
    /// An ISO 4217 code.
    public private(set) var currency: Currency

    /// - Throws: a `Problem` with status 422 where the amount is negative or larger than the limit.
    public init(_ amount: Int, _ currency: Currency) throws(Problem) {
        guard (0...Self.limit).contains(amount) else { throw Self.beyondLimit }
        self.init(amount: amount, currency: currency)
    }

    /// - Parameter cents: of a width that stays within the limit.
    public static func euros(cents: UInt32) -> Money { Money(amount: Int(cents), currency: .euro) }

    /// Nothing, in a currency.
    public static func zero(_ currency: Currency) -> Money { Money(amount: 0, currency: currency) }

    /// - Throws: a `Problem`: 409 where the currencies differ, 422 where the sum would be larger than the limit.
    public static func + (left: Money, right: Money) throws(Problem) -> Money {
        guard left.currency == right.currency else {
            throw Problem(.conflict, "\(left.currency.code) and \(right.currency.code) cannot be added: a sum has one currency.")
        }
        return try Money(left.amount + right.amount, left.currency)
    }

    /// What so many of it cost.
    /// - Throws: a `Problem` with status 422 where that would be larger than the limit.
    public static func * (price: Money, quantity: Int) throws(Problem) -> Money {
        let (amount, isTooLarge) = price.amount.multipliedReportingOverflow(by: quantity)
        guard !isTooLarge else { throw beyondLimit }
        return try Money(amount, price.currency)
    }

    private static var beyondLimit: Problem {
        .invalid([Fault(pointer: "", rule: "sum", message: "the amount must be from 0 to \(limit) minor units of its currency")])
    }
}

extension Sequence<Money> {
    /// The sum.
    /// - Parameter currency: what a sum of nothing is in.
    /// - Throws: a `Problem`: 409 where the currencies differ, 422 where the sum would be larger than `Money.limit`.
    public func total(ofNothingIn currency: Currency) throws(Problem) -> Money {
        var sum: Money?
        for money in self { sum = try sum.map { sum throws(Problem) in try sum + money } ?? money }
        return sum ?? .zero(currency)
    }
}

extension Money: CustomStringConvertible {
    /// The amount in units of its currency: `19.99 EUR`, `1999 JPY`.
    public var description: String {
        let digits = String(amount), places = currency.minorDigits
        guard places > 0 else { return "\(digits) \(currency.code)" }
        let padded = String(repeating: "0", count: Swift.max(0, places + 1 - digits.count)) + digits
        return "\(padded.dropLast(places)).\(padded.suffix(places)) \(currency.code)"
    }
}
