/// The fields of an object that have occurred.
public struct JSONFields: Sendable {
    @usableFromInline var low: UInt64 = 0
    @usableFromInline var high: UInt64 = 0

    /// Creates an empty set.
    @inlinable public init() {}

    /// Adds a field.
    /// - Returns: Whether it has not occurred before.
    @inlinable
    mutating func insert(_ index: Int) -> Bool {
        let isNew = !contains(index)
        let bit: UInt64 = 1 &<< UInt64(truncatingIfNeeded: index)
        if index < 64 { low |= bit } else { high |= bit }
        return isNew
    }

    @inlinable
    func contains(_ index: Int) -> Bool {
        (index < 64 ? low : high) & (1 &<< UInt64(truncatingIfNeeded: index)) != 0
    }
}
