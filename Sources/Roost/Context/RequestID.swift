import Synchronization

/// Creates request identifiers from a random number for each process and a counter.
public enum RequestID {
    /// The random number, and the `-` between it and the counter.
    private static let process = String(UInt64.random(in: 0...UInt64.max), radix: 36) + "-"
    private static let counter = Atomic<UInt64>(0)

    /// Returns an identifier that no other request has: ASCII letters, digits and `-`.
    public static func next() -> String {
        let number = counter.wrappingAdd(1, ordering: .relaxed).newValue
        return process + String(number, radix: 36)
    }

    /// Returns whether an identifier from outside can be used: 1 to 128 visible ASCII characters.
    public static func accepts(_ name: String) -> Bool {
        (1...128).contains(name.utf8.count) && name.utf8.allSatisfy { (0x21...0x7E).contains($0) }
    }
}
