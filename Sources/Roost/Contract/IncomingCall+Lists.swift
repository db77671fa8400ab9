/// Query parameters that can be given several times. Too many values, and each value that cannot be read, are faults.
extension IncomingCall {
    /// Reads a list from the query, which is empty if the query does not have the parameter.
    public mutating func query<Value: ParameterValue>(_ name: String, as type: [Value].Type = [Value].self) -> [Value]? { list(name) }

    /// Reads an optional list from the query, which is `nil` if the query does not have the parameter.
    public mutating func query<Value: ParameterValue>(_ name: String, as type: [Value]?.Type = [Value]?.self) -> [Value]?? {
        guard let values: [Value] = list(name) else { return nil }
        return .some(values.isEmpty ? nil : values)
    }

    private mutating func list<Value: ParameterValue>(_ name: String) -> [Value]? {
        let texts = codec.list(name, of: self)
        guard texts.count <= ParameterList.limit else {
            faults.append(ParameterList.fault(of: name))
            return nil
        }
        let values: [Value] = texts.enumerated().compactMap { index, text in parse(text, "\(name)/\(index)") }
        return values.count == texts.count ? values : nil
    }
}
