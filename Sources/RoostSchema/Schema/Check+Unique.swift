extension Check {
    /// Requires the items of an array to be unique.
    public static var unique: Check { Check() }
}

extension FaultRecorder {
    /// Records a fault if an array has the same item twice.
    @inlinable
    public mutating func check<Items: Collection>(uniqueItemsOf items: Items?, at place: Place) where Items.Element: Hashable {
        guard let items, Set(items).count < items.count else { return }
        broken("unique", "must not contain the same item twice", at: place)
    }

    /// Accepts items that cannot be compared, so that the compiler reports them once, in the schema. Never runs.
    @_disfavoredOverload
    public mutating func check<Items>(uniqueItemsOf items: Items?, at place: Place) {}
}

extension JSONSchema {
    /// Returns the schema of an array with unique items.
    public func uniqueItems<Items: Collection>(of type: Items.Type) -> JSONSchema where Items.Element: Hashable { adding([.uniqueItems]) }

    /// Refuses items that cannot be compared, with a message that says what to do.
    @_disfavoredOverload
    @available(*, unavailable, message: "unique items are compared: make their type Hashable")
    public func uniqueItems<Items>(of type: Items.Type) -> JSONSchema { self }
}
