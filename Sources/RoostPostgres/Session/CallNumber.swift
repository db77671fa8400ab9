import Synchronization

/// Numbers that tell calls apart, so that one that is cancelled can be found.
enum CallNumber {
    private static let last = Atomic<UInt64>(0)

    static func next() -> UInt64 { last.wrappingAdd(1, ordering: .relaxed).newValue }
}
