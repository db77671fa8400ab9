/// Faults whose pointers are completed step by step, from the value that has the fault to the whole that it is in. Bounded: at most
/// `JSONReader.maximumFaults` of them, whose pointers together are no longer than `JSONPointer.textLimit`.
@usableFromInline
struct FaultList {
    @usableFromInline private(set) var all: [Fault] = []
    /// How many bytes the pointers were given; keys of maps may be as long as the message.
    private var pointerText = 0
    private var isFull = false

    @usableFromInline
    init() {}

    @inlinable var count: Int { all.count }

    /// Notes a fault of a value, or of what is in it.
    /// - Parameter pointer: from the value to what has the fault; empty for the value itself.
    mutating func note(_ rule: String, _ message: String, pointer: String) {
        guard all.count < JSONReader.maximumFaults, !isFull else { return }
        all.append(Fault(pointer: pointer, rule: rule, message: message))
    }

    /// Forgets the faults of what is not looked at any more.
    mutating func drop(since count: Int) {
        if all.count > count { all.removeSubrange(count...) }
        // There is room for one in their place.
        isFull = false
    }

    /// Completes the pointers of the faults that a field's value had. Where they become too long together, the first of them stays alone, and
    /// no more are noted.
    mutating func place(_ count: Int, in step: String) {
        let step = JSONPointer.step(step)
        pointerText += step.utf8.count * (all.count - count)
        if pointerText > JSONPointer.textLimit, all.count > count {
            isFull = true
            all.removeSubrange((count + 1)...)
        }
        for index in count..<all.count { all[index].pointer = step + all[index].pointer }
    }

    /// Whether a fault is one of a field, or of something in it.
    func isFault(_ index: Int, in field: StaticString) -> Bool {
        let pointer = JSONPointer.step("\(field)"), found = all[index].pointer.utf8
        let rest = found.dropFirst(pointer.utf8.count)
        return found.starts(with: pointer.utf8) && (rest.isEmpty || rest.first == UInt8(ascii: "/"))
    }
}
