/// The lanes of the embedded log.
enum KeyLanes {
    /// The number of lanes of a group. It is fixed in the file: the rows have their lanes, and the migration computed those of earlier ones.
    static let count = 32

    /// Returns the lane of a key, by a polynomial of its Unicode scalars (M. O. Rabin, "Fingerprinting by Random Polynomials", 1981), which
    /// SQL can compute too.
    static func lane(of key: String) -> Int {
        let hash = key.unicodeScalars.reduce(Int64(0)) { ($0 * 1_000_003 + Int64($1.value)) % 2_147_483_647 }
        return Int(hash) % count
    }
}
