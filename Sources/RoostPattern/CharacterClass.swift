/// A set of characters, such as `[a-z]` and `\d`.
struct CharacterClass: Sendable {
    private var ranges: [ClosedRange<UInt32>]
    private var isNegated = false

    init(_ ranges: ClosedRange<UInt32>...) { self.ranges = ranges }

    init(_ scalar: Unicode.Scalar) { ranges = [scalar.value...scalar.value] }

    /// Returns the characters that are in none of the sets.
    static func none(of sets: [CharacterClass]) -> CharacterClass {
        var set = CharacterClass()
        set.isNegated = true
        for other in sets { set.add(other) }
        return set
    }

    /// Returns the characters that are in any of the sets.
    static func any(of sets: [CharacterClass]) -> CharacterClass {
        var set = CharacterClass()
        for other in sets { set.add(other) }
        return set
    }

    func contains(_ scalar: Unicode.Scalar) -> Bool { ranges.contains { $0.contains(scalar.value) } != isNegated }

    private mutating func add(_ other: CharacterClass) { ranges += other.isNegated ? other.complement : other.ranges }

    private var complement: [ClosedRange<UInt32>] {
        var gaps: [ClosedRange<UInt32>] = [], next: UInt32 = 0
        for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if range.lowerBound > next { gaps.append(next...(range.lowerBound - 1)) }
            next = max(next, range.upperBound + 1)
        }
        return gaps + (next <= 0x10FFFF ? [next...0x10FFFF] : [])
    }

    /// Any character except a line end (ECMA-262 §12.3).
    static let dot = none(of: [CharacterClass(0x0A...0x0A, 0x0D...0x0D, 0x2028...0x2029)])
    static let digit = CharacterClass(0x30...0x39)
    static let word = CharacterClass(0x30...0x39, 0x41...0x5A, 0x5F...0x5F, 0x61...0x7A)
    static let space = CharacterClass(
        0x09...0x0D, 0x20...0x20, 0xA0...0xA0, 0x1680...0x1680, 0x2000...0x200A, 0x2028...0x2029, 0x202F...0x202F, 0x205F...0x205F,
        0x3000...0x3000, 0xFEFF...0xFEFF)

    /// Returns the set for a letter after a backslash, or `nil` if there is none.
    static func named(_ letter: Unicode.Scalar) -> CharacterClass? {
        switch letter {
        case "d": digit
        case "w": word
        case "s": space
        case "D": none(of: [digit])
        case "W": none(of: [word])
        case "S": none(of: [space])
        default: nil
        }
    }
}
