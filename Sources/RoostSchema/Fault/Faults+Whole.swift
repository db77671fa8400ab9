extension FaultCollector {
    /// Whether no faults of the value being checked have been found so far.
    @inlinable public var isEmpty: Bool { list.count == first }
}

extension JSONReader {
    /// The number of faults recorded so far.
    public var faultCount: Int { faults.count }

    /// Checks an object as a whole, if its fields have no faults.
    /// - Parameters:
    ///   - object: The offset of the object.
    ///   - count: The number of faults before the object.
    public mutating func check(at object: Int, since count: Int, _ check: (inout FaultCollector) -> Void) {
        guard faults.count == count else { return }
        var collector = FaultCollector()
        check(&collector)
        for fault in collector.faults { self.fault(fault.rule, fault.message, at: object, pointer: fault.pointer) }
    }
}

extension ProtobufReader {
    /// Checks a message as a whole, if its fields have no faults.
    /// - Parameter count: The number of faults before the message.
    public mutating func check(since count: Int, _ check: (inout FaultCollector) -> Void) {
        guard faultCount == count else { return }
        var collector = FaultCollector()
        check(&collector)
        for fault in collector.faults { list.note(fault.rule, fault.message, pointer: fault.pointer) }
    }
}
