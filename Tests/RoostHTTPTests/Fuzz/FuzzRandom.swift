/// Reproducible random numbers: SplitMix64 (Steele, Lea, Flood: Fast splittable pseudorandom number generators).
struct FuzzRandom: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    mutating func below(_ limit: Int) -> Int { Int(next() % UInt64(limit)) }

    mutating func pick<Element>(_ choices: [Element]) -> Element { choices[below(choices.count)] }

    /// Changes a few bytes: some are removed, some inserted, some replaced, and a part is duplicated. Insertions come mostly from `words`.
    mutating func mutate(_ bytes: [UInt8], words: [[UInt8]]) -> [UInt8] {
        var bytes = bytes
        for _ in 0..<(1 + below(3)) where !bytes.isEmpty {
            let at = below(bytes.count)
            switch below(6) {
            case 0: bytes.remove(at: at)
            case 1: bytes[at] = UInt8(truncatingIfNeeded: next())
            case 2, 3: bytes.insert(contentsOf: pick(words), at: at)
            case 4:
                let end = min(bytes.count, at + 1 + below(20))
                bytes.insert(contentsOf: bytes[at..<end], at: at)
            default:
                let word = pick(words)
                bytes.replaceSubrange(at..<min(bytes.count, at + word.count), with: word)
            }
        }
        return bytes
    }
}
