/// Checks of values in memory, as a decoder performs them.
extension SchemaField {
    /// The statements that check the field.
    /// - Parameter value: The expression of its value.
    fileprivate func checking(_ value: String) -> [String] {
        (type.isAlwaysValid ? [] : ["faults.check(\(value), \(key.literal))"])
            + checks.map { $0.call(on: "faults", type.isChange ? value + ".newValue" : value, at: key.literal) }
    }
}

extension [SchemaField] {
    /// The statements that check every field, in order.
    /// - Parameter value: Returns the expression of a field's value.
    func checking(value: (SchemaField) -> String) -> [String] { flatMap { $0.checking(value($0)) } }
}

extension [String] {
    /// The function that checks a value with these statements; empty if there is nothing to check.
    func checkFunction(_ access: String) -> [[String]] {
        isEmpty ? [] : [.block("\(access)func check(_ faults: inout RoostSchema.FaultCollector) {", self)]
    }
}
