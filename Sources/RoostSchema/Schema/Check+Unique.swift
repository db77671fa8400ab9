extension Check {
    /// No two items of an array are the same.
    public static var unique: Check { Check() }
}

extension FaultRecorder {
    /// Notes it if an array has the same item twice.
    @inlinable
    public mutating func check<Items: Collection>(uniqueItemsOf items: Items?, at place: Place) where Items.Element: Hashable {
        guard let items, Set(items).count < items.count else { return }
        broken("unique", "must not have the same item twice", at: place)
    }

    @_disfavoredOverload
    public mutating func check<Items>(uniqueItemsOf items: Items?, at place: Place) {}
}

extension JSONSchema {
    /// An array without the same item twice.
    public func uniqueItems<Items: Collection>(of type: Items.Type) -> JSONSchema where Items.Element: Hashable { adding([.uniqueItems]) }

    @_disfavoredOverload
    @available(*, unavailable, message: "items are told apart by their values: make their type Hashable")
    public func uniqueItems<Items>(of type: Items.Type) -> JSONSchema { self }
}
