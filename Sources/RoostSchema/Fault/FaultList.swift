/// Faults whose pointers are completed step by step, from the faulty value to the whole. There are at most `JSONReader.maximumFaults`,
/// whose pointers together are not longer than `JSONPointer.textLimit`.
@usableFromInline
struct FaultList {
    @usableFromInline private(set) var all: [Fault] = []
    /// The number of bytes in the pointers. The keys of maps can be as long as the message.
    private var pointerText = 0
    private var isFull = false

    @usableFromInline
    init() {}

    @inlinable var count: Int { all.count }

    /// Records a fault of a value, or of a part of it.
    /// - Parameter pointer: The pointer from the value to the faulty part; empty for the value itself.
    mutating func note(_ rule: String, _ message: String, pointer: String) {
        guard all.count < JSONReader.maximumFaults, !isFull else { return }
        all.append(Fault(pointer: pointer, rule: rule, message: message))
    }

    /// Removes the faults of a value that is discarded.
    mutating func drop(since count: Int) {
        if all.count > count { all.removeSubrange(count...) }
        // One can be recorded in their place.
        isFull = false
    }

    /// Completes the pointers of the faults in a field's value. If the pointers become too long, only the first fault is kept, and no more
    /// are recorded.
    mutating func place(_ count: Int, in step: String) {
        let step = JSONPointer.step(step)
        pointerText += step.utf8.count * (all.count - count)
        if pointerText > JSONPointer.textLimit, all.count > count {
            isFull = true
            all.removeSubrange((count + 1)...)
        }
        for index in count..<all.count { all[index].pointer = step + all[index].pointer }
    }

    /// Returns whether a fault is in a field or a part of it.
    func isFault(_ index: Int, in field: StaticString) -> Bool {
        let pointer = JSONPointer.step("\(field)"), found = all[index].pointer.utf8
        let rest = found.dropFirst(pointer.utf8.count)
        return found.starts(with: pointer.utf8) && (rest.isEmpty || rest.first == UInt8(ascii: "/"))
    }
}
