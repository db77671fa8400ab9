/// Parses a pattern and generates its program.
struct PatternParser {
    private let scalars: [Unicode.Scalar]
    private var index = 0
    private var depth = 0

    init(_ pattern: String) { scalars = Array(pattern.unicodeScalars) }

    mutating func program() throws(PatternError) -> [PatternProgram.Step] {
        let steps = try choice()
        guard index == scalars.count else { throw error("has a `)` without a `(`") }
        return steps + [.match]
    }

    // MARK: Grammar (ECMA-262 §22.2.1)

    /// Parses branches between `|`.
    private mutating func choice() throws(PatternError) -> [PatternProgram.Step] {
        var steps = try sequence()
        while take("|") {
            let other = try sequence()
            steps =
                [.fork(1, steps.count + 2)] + steps.shifted(by: 1) + [.jump(steps.count + other.count + 2)]
                + other.shifted(by: steps.count + 2)
            try checkLength(steps)
        }
        return steps
    }

    private mutating func sequence() throws(PatternError) -> [PatternProgram.Step] {
        var steps: [PatternProgram.Step] = []
        while let next = peek, next != "|", next != ")" {
            steps += try term().shifted(by: steps.count)
            try checkLength(steps)
        }
        return steps
    }

    private mutating func term() throws(PatternError) -> [PatternProgram.Step] {
        if take("^") { return [.beginning] }
        if take("$") { return [.end] }
        return try repeated(atom())
    }

    private mutating func atom() throws(PatternError) -> [PatternProgram.Step] {
        if take("(") { return try group() }
        if take("[") { return [.take(try set())] }
        if take(".") { return [.take(.dot)] }
        if take("\\") { return [.take(try escape())] }
        guard let next = peek, !"*+?{}]".unicodeScalars.contains(next) else {
            throw error(
                "has a `\(peek.map(String.init) ?? "")` where a character or a group is expected: write a backslash before it to match it")
        }
        index += 1
        return [.take(CharacterClass(next))]
    }

    private mutating func group() throws(PatternError) -> [PatternProgram.Step] {
        if take("?"), !take(":") { throw error("has a group that begins with (?: only (?: can be matched in bounded time") }
        depth += 1
        guard depth <= 50 else { throw error("has groups within more than 50 others") }
        let steps = try choice()
        depth -= 1
        guard take(")") else { throw error("has a `(` without a `)`") }
        return steps
    }

    // MARK: Counts

    private mutating func repeated(_ steps: [PatternProgram.Step]) throws(PatternError) -> [PatternProgram.Step] {
        guard let (least, most) = try count() else { return steps }
        // The order of branches makes no difference to whether there is a match.
        _ = take("?")
        var program: [PatternProgram.Step] = []
        for _ in 0..<least { program = try program.followed(by: steps, checkLength) }
        guard let most else {
            let loop = [.fork(1, steps.count + 2)] + steps.shifted(by: 1) + [.jump(0)]
            return try program.followed(by: loop, checkLength)
        }
        let maybe = [.fork(1, steps.count + 1)] + steps.shifted(by: 1)
        for _ in least..<most { program = try program.followed(by: maybe, checkLength) }
        return program
    }

    /// Parses a count.
    /// - Returns: The minimum and the maximum, which is `nil` if there is none; `nil` if there is no count.
    private mutating func count() throws(PatternError) -> (Int, Int?)? {
        if take("*") { return (0, nil) }
        if take("+") { return (1, nil) }
        if take("?") { return (0, 1) }
        guard take("{") else { return nil }
        guard let least = number() else { throw error("has a `{` without a number: write \\{ if you mean the character") }
        let most = take(",") ? number() : least
        guard take("}") else { throw error("has a `{` without a `}`") }
        if let most, most < least { throw error("has a count whose maximum is below its minimum") }
        return (least, most)
    }

    private mutating func number() -> Int? {
        var value: Int?
        while let next = peek, ("0"..."9").contains(next) {
            value = min((value ?? 0) * 10 + Int(next.value - 0x30), 10_000)
            index += 1
        }
        return value
    }

    // MARK: Characters

    private mutating func set() throws(PatternError) -> CharacterClass {
        let isNegated = take("^")
        var sets: [CharacterClass] = []
        while !take("]") {
            let (first, scalar) = try member()
            guard let scalar, peek == "-", index + 1 < scalars.count, scalars[index + 1] != "]" else {
                sets.append(first)
                continue
            }
            index += 1
            guard let last = try member().scalar, last.value >= scalar.value else { throw error("has an invalid range in [ ]") }
            sets.append(CharacterClass(scalar.value...last.value))
        }
        return isNegated ? .none(of: sets) : .any(of: sets)
    }

    /// Parses a member of a set.
    /// - Returns: The set, and the character if it is a single one.
    private mutating func member() throws(PatternError) -> (CharacterClass, scalar: Unicode.Scalar?) {
        guard let next = peek else { throw error("has a `[` without a `]`") }
        index += 1
        guard next == "\\" else { return (CharacterClass(next), next) }
        let place = index
        let set = try escape()
        return (set, index > place && CharacterClass.named(scalars[place]) != nil ? nil : lastEscaped)
    }

    /// The character of the last escape.
    private var lastEscaped: Unicode.Scalar?

    private mutating func escape() throws(PatternError) -> CharacterClass {
        guard let letter = peek else { throw error("ends with a backslash") }
        index += 1
        if let set = CharacterClass.named(letter) { return set }
        let scalar = try escaped(letter)
        lastEscaped = scalar
        return CharacterClass(scalar)
    }

    private mutating func escaped(_ letter: Unicode.Scalar) throws(PatternError) -> Unicode.Scalar {
        switch letter {
        case "t": return "\t"
        case "n": return "\n"
        case "r": return "\r"
        case "f": return "\u{0C}"
        case "v": return "\u{0B}"
        case "u":
            let digits = scalars[index...].prefix(4).map(String.init).joined()
            guard digits.count == 4, let value = UInt32(digits, radix: 16), let scalar = Unicode.Scalar(value) else {
                throw error("has a \\u without four hexadecimal digits of a character")
            }
            index += 4
            return scalar
        case _ where letter.isASCII && (letter.properties.isAlphabetic || ("0"..."9").contains(letter)):
            throw error("has \\\(letter), which cannot be matched in bounded time")
        default: return letter
        }
    }

    // MARK: Text

    private var peek: Unicode.Scalar? { index < scalars.count ? scalars[index] : nil }

    private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
        guard peek == scalar else { return false }
        index += 1
        return true
    }

    private func checkLength(_ steps: [PatternProgram.Step]) throws(PatternError) {
        if steps.count >= PatternProgram.limit {
            throw PatternError(
                description:
                    "the pattern has more than \(PatternProgram.limit) steps once its counts are written out: limit the length of the text with .length"
            )
        }
    }

    private func error(_ what: String) -> PatternError { PatternError(description: "the pattern \(what), at character \(index + 1)") }
}

extension [PatternProgram.Step] {
    /// Returns the steps for a later place in the program.
    fileprivate func shifted(by offset: Int) -> [PatternProgram.Step] {
        map { step in
            switch step {
            case .fork(let first, let second): .fork(first + offset, second + offset)
            case .jump(let next): .jump(next + offset)
            default: step
            }
        }
    }

    fileprivate func followed(
        by other: [PatternProgram.Step], _ check: ([PatternProgram.Step]) throws(PatternError) -> Void
    ) throws(PatternError) -> [PatternProgram.Step] {
        let steps = self + other.shifted(by: count)
        try check(steps)
        return steps
    }
}
