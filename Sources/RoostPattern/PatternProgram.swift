/// A regular expression that takes time in proportion to the text, whatever the text: it is run as a nondeterministic automaton, which never
/// goes back (Ken Thompson, "Regular Expression Search Algorithm", 1968; Russ Cox, "Regular Expression Matching Can Be Simple And Fast").
///
/// Its syntax is the part of ECMA-262's that such an automaton can run, which JSON Schema recommends too (draft 2020-12, "Regular
/// Expressions"): no references to groups, and nothing that looks ahead or behind.
public struct PatternProgram: Sendable {
    /// What to do at a place of the program.
    enum Step: Sendable {
        /// Takes a character of a set, and goes on with the next step.
        case take(CharacterClass)
        /// Goes on at both.
        case fork(Int, Int)
        case jump(Int)
        /// Goes on at the text's beginning alone.
        case beginning
        /// Goes on at the text's end alone.
        case end
        case match
    }

    /// The most steps that a program has, once counts such as `{2,50}` are written out.
    public static let limit = 500

    let steps: [Step]

    /// - Throws: `PatternError` if the text is not a pattern, or is one that cannot be run in bounded time.
    public init(_ pattern: String) throws(PatternError) {
        var parser = PatternParser(pattern)
        steps = try parser.program()
    }

    /// Whether the pattern is found anywhere in a text; one that is to match the whole begins with `^` and ends with `$`.
    public func matches(_ text: String) -> Bool {
        var run = Run(steps.count)
        let scalars = text.unicodeScalars
        var index = scalars.startIndex
        while true {
            let isEnd = index == scalars.endIndex
            if follow(0, at: index == scalars.startIndex, isEnd, &run) { return true }
            if isEnd { return false }
            let scalar = scalars[index]
            index = scalars.index(after: index)
            let taken = run.active
            run.clear()
            for place in taken {
                guard case .take(let set) = steps[place], set.contains(scalar) else { continue }
                if follow(place + 1, at: false, index == scalars.endIndex, &run) { return true }
            }
        }
    }

    /// The places that the automaton is at.
    private struct Run {
        /// Those that wait for a character.
        var active: [Int] = []
        /// Those that were looked at since the last character.
        var seen: [Bool]
        var stack: [Int] = []

        init(_ count: Int) { seen = Array(repeating: false, count: count) }

        mutating func clear() {
            active.removeAll(keepingCapacity: true)
            for index in seen.indices { seen[index] = false }
        }
    }

    /// Goes on from a place to all that can be reached without a character.
    /// - Returns: whether the program's end is among them.
    private func follow(_ place: Int, at isBeginning: Bool, _ isEnd: Bool, _ run: inout Run) -> Bool {
        run.stack.append(place)
        while let place = run.stack.popLast() {
            if run.seen[place] { continue }
            run.seen[place] = true
            switch steps[place] {
            case .take: run.active.append(place)
            case .fork(let first, let second): run.stack += [second, first]
            case .jump(let next): run.stack.append(next)
            case .beginning: if isBeginning { run.stack.append(place + 1) }
            case .end: if isEnd { run.stack.append(place + 1) }
            case .match:
                run.stack.removeAll(keepingCapacity: true)
                return true
            }
        }
        return false
    }
}

/// Why a text is not a pattern.
public struct PatternError: Error, Sendable {
    /// What is wrong, where, and what to do.
    public let description: String
}
