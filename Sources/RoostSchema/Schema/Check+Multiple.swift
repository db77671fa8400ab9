#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension Check {
    /// Which number a number is a multiple of, such as 5, or 0.01.
    public static func multiple<Number: Comparable>(of divisor: Number) -> Check { Check() }
}

extension FaultRecorder {
    /// Notes it if a whole number is not a multiple of another.
    @inlinable
    public mutating func check<Value: BinaryInteger>(multipleOf divisor: Value, of value: Value?, at place: Place) {
        if let value, divisor != 0, value % divisor != 0 { broken("multiple", "must be a multiple of \(divisor)", at: place) }
    }

    /// Notes it if a number is not a multiple of another, as far as numbers with a binary point can tell.
    public mutating func check<Value: BinaryFloatingPoint>(multipleOf divisor: Value, of value: Value?, at place: Place) {
        guard let value, divisor != 0 else { return }
        // What no binary fraction is, such as 0.01, is a little off; so is what is divided by it, as much as it is large.
        let quotient = Double(value / divisor)
        if abs(quotient - quotient.rounded()) <= max(1, abs(quotient)) * 8 * Double.ulpOfOne { return }
        broken("multiple", "must be a multiple of \(divisor)", at: place)
    }

    /// Notes it if a number is not a multiple of another, exactly.
    public mutating func check(multipleOf divisor: Decimal, of value: Decimal?, at place: Place) {
        guard let value, divisor != 0, (value / divisor).description.contains(".") else { return }
        broken("multiple", "must be a multiple of \(divisor)", at: place)
    }
}

extension JSONSchema {
    /// A multiple of a whole number.
    public func multiple(of divisor: Int) -> JSONSchema { multiple(of: Double(divisor)) }

    /// A multiple of a number.
    public func multiple(of divisor: Double) -> JSONSchema { adding([.number(keyword: "multipleOf", value: divisor)]) }
}
