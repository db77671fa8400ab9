extension FaultCollector {
    /// Whether the value that is being checked has no faults so far.
    @inlinable public var isEmpty: Bool { list.count == first }
}

extension JSONReader {
    /// How many faults were noted so far.
    public var faultCount: Int { faults.count }

    /// Checks an object as a whole, once its fields keep their rules.
    /// - Parameters:
    ///   - object: where the object began.
    ///   - count: how many faults there were before it.
    public mutating func check(at object: Int, since count: Int, _ check: (inout FaultCollector) -> Void) {
        guard faults.count == count else { return }
        var collector = FaultCollector()
        check(&collector)
        for fault in collector.faults { self.fault(fault.rule, fault.message, at: object, pointer: fault.pointer) }
    }
}

extension ProtobufReader {
    /// Checks a message as a whole, once its fields keep their rules.
    /// - Parameter count: how many faults there were before it.
    public mutating func check(since count: Int, _ check: (inout FaultCollector) -> Void) {
        guard faultCount == count else { return }
        var collector = FaultCollector()
        check(&collector)
        for fault in collector.faults { list.note(fault.rule, fault.message, pointer: fault.pointer) }
    }
}
