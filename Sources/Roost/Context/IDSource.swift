import Synchronization

/// Numbers for names that need not be secret, from SplitMix64 (Steele, Lea and Flood, "Fast Splittable Pseudorandom Number Generators",
/// OOPSLA 2014) with a random seed for each process. No number repeats until every number was given.
enum IDSource {
    private static let state = Atomic(UInt64.random(in: 0...UInt64.max))
    private static let step: UInt64 = 0x9E37_79B9_7F4A_7C15

    /// Returns the next number, which is not 0.
    static func next() -> UInt64 { mixed(state.wrappingAdd(step, ordering: .relaxed).newValue) }

    /// Returns the next three numbers, none of which is 0.
    static func nextThree() -> (UInt64, UInt64, UInt64) {
        let last = state.wrappingAdd(step &* 3, ordering: .relaxed).newValue
        return (mixed(last &- step &* 2), mixed(last &- step), mixed(last))
    }

    private static func mixed(_ state: UInt64) -> UInt64 {
        var number = state
        number = (number ^ number >> 30) &* 0xBF58_476D_1CE4_E5B9
        number = (number ^ number >> 27) &* 0x94D0_49BB_1331_11EB
        number ^= number >> 31
        return number == 0 ? next() : number
    }
}
