import Synchronization

/// Numbers to name things by that need not be secret: SplitMix64 (Steele, Lea and Flood, "Fast Splittable Pseudorandom Number
/// Generators", OOPSLA 2014), begun at random once a process. It gives every number once before any twice.
enum IDSource {
    private static let state = Atomic(UInt64.random(in: 0...UInt64.max))

    /// The next number, which is not 0.
    static func next() -> UInt64 {
        var number = state.wrappingAdd(0x9E37_79B9_7F4A_7C15, ordering: .relaxed).newValue
        number = (number ^ number >> 30) &* 0xBF58_476D_1CE4_E5B9
        number = (number ^ number >> 27) &* 0x94D0_49BB_1331_11EB
        number ^= number >> 31
        return number == 0 ? next() : number
    }
}
