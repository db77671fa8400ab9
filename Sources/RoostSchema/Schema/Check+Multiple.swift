#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension Check {
    /// Requires a number to be a multiple of another one, such as 5 or 0.01.
    public static func multiple<Number: Comparable>(of divisor: Number) -> Check { Check() }
}

extension FaultRecorder {
    /// Records a fault if a whole number is not a multiple of another one.
    @inlinable
    public mutating func check<Value: BinaryInteger>(multipleOf divisor: Value, of value: Value?, at place: Place) {
        if let value, divisor != 0, value % divisor != 0 { broken("multiple", "must be a multiple of \(divisor)", at: place) }
    }

    /// Records a fault if a number is not a multiple of another one, within the precision of binary fractions.
    public mutating func check<Value: BinaryFloatingPoint>(multipleOf divisor: Value, of value: Value?, at place: Place) {
        guard let value, divisor != 0 else { return }
        // A divisor that is not a binary fraction, such as 0.01, is slightly off, and so is the quotient, in proportion to its size.
        let quotient = Double(value / divisor)
        if abs(quotient - quotient.rounded()) <= max(1, abs(quotient)) * 8 * Double.ulpOfOne { return }
        broken("multiple", "must be a multiple of \(divisor)", at: place)
    }

    /// Records a fault if a number is not a multiple of another one, exactly.
    public mutating func check(multipleOf divisor: Decimal, of value: Decimal?, at place: Place) {
        guard let value, divisor != 0, (value / divisor).description.contains(".") else { return }
        broken("multiple", "must be a multiple of \(divisor)", at: place)
    }
}

extension JSONSchema {
    /// Returns the schema of a multiple of a whole number.
    public func multiple(of divisor: Int) -> JSONSchema { multiple(of: Double(divisor)) }

    /// Returns the schema of a multiple of a number.
    public func multiple(of divisor: Double) -> JSONSchema { adding([.number(keyword: "multipleOf", value: divisor)]) }
}
