/// Query parameters that can be given several times.
extension OutgoingCall {
    /// Adds a query parameter once for each value.
    public mutating func query(_ name: String, _ values: [some ParameterValue]) {
        guard values.count <= ParameterList.limit else { return faults.append(ParameterList.fault(of: name)) }
        for (index, value) in values.enumerated() { write("\(name)/\(index)", value.parameter, to: name, in: .query) }
    }

    /// Adds a query parameter once for each value, if there are any.
    /// - Returns: The list as the callee gets it, which does not distinguish an empty list from none.
    public mutating func query<Value: ParameterValue>(_ name: String, _ values: [Value]?) -> [Value]? {
        query(name, values ?? [])
        return values?.isEmpty == true ? nil : values
    }
}
