/// Values in memory, checked as a decoder checks them.
extension SchemaField {
    /// The statements that check the field.
    /// - Parameter value: the expression of its value.
    fileprivate func checking(_ value: String) -> [String] {
        (type.isAlwaysValid ? [] : ["faults.check(\(value), \(key.literal))"])
            + checks.map { $0.call(on: "faults", type.isChange ? value + ".newValue" : value, at: key.literal) }
    }
}

extension [SchemaField] {
    /// The statements that check every field, in order.
    /// - Parameter value: the expression of a field's value.
    func checking(value: (SchemaField) -> String) -> [String] { flatMap { $0.checking(value($0)) } }
}

extension [String] {
    /// The function that checks a value by these statements; none where there is nothing to check.
    func checkFunction(_ access: String) -> [[String]] {
        isEmpty ? [] : [.block("\(access)func check(_ faults: inout RoostSchema.FaultCollector) {", self)]
    }
}
