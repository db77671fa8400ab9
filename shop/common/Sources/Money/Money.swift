import Roost
import RoostData

/// An amount of money in the currency's minor unit: 1999 EUR are 19.99 €.
///
/// Every amount is within the limit, and amounts of different currencies cannot be added: an operation with such a result throws.
@Schema @ColumnGroup
public struct Money: Hashable {
    /// The largest amount, in minor units. It is so far below the largest 64-bit integer that a sum cannot overflow before it is rejected.
    public static let limit = 1_000_000_000_000

    /// The amount in minor units of the currency.
    @Check(.range(0...Money.limit)) public private(set) var amount: Int
    /// The currency, as an ISO 4217 code.
    public private(set) var currency: Currency

    /// Creates an amount of money.
    /// - Parameters:
    ///   - amount: The amount in minor units, from 0 to `limit`.
    ///   - currency: The currency.
    /// - Throws: A `Problem` with status 422 if the amount is negative or larger than the limit.
    public init(_ amount: Int, _ currency: Currency) throws(Problem) {
        guard (0...Self.limit).contains(amount) else { throw Self.beyondLimit }
        self.init(amount: amount, currency: currency)
    }

    /// Returns an amount in euros.
    /// - Parameter cents: The amount in cents. Every value of this type is within the limit.
    public static func euros(cents: UInt32) -> Money { Money(amount: Int(cents), currency: .euro) }

    /// Returns an amount of zero in a currency.
    public static func zero(_ currency: Currency) -> Money { Money(amount: 0, currency: currency) }

    /// Returns the sum of two amounts.
    /// - Throws: A `Problem` with status 409 if the currencies differ, or 422 if the sum is larger than the limit.
    public static func + (left: Money, right: Money) throws(Problem) -> Money {
        guard left.currency == right.currency else {
            throw Problem(
                .conflict, "\(left.currency.code) and \(right.currency.code) cannot be added, because they are different currencies.")
        }
        return try Money(left.amount + right.amount, left.currency)
    }

    /// Returns the price of several items.
    /// - Throws: A `Problem` with status 422 if the product is negative or larger than the limit.
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
    /// Returns the sum of all amounts.
    /// - Parameter currency: The currency of the result if there are no amounts.
    /// - Throws: A `Problem` with status 409 if the currencies differ, or 422 if the sum is larger than `Money.limit`.
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
