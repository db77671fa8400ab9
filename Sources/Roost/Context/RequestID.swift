import Synchronization

/// Names requests: a random number drawn once a process, and a counter.
public enum RequestID {
    /// The number, and the `-` that parts it from the counter.
    private static let process = String(UInt64.random(in: 0...UInt64.max), radix: 36) + "-"
    private static let counter = Atomic<UInt64>(0)

    /// A name that no other request bears: ASCII letters, digits and `-`.
    public static func next() -> String {
        let number = counter.wrappingAdd(1, ordering: .relaxed).newValue
        return process + String(number, radix: 36)
    }

    /// Whether a name that came from outside may be kept: 1 to 128 visible ASCII characters.
    public static func accepts(_ name: String) -> Bool {
        (1...128).contains(name.utf8.count) && name.utf8.allSatisfy { (0x21...0x7E).contains($0) }
    }
}
