/// A regular expression that matches in time proportional to the text, for any text: it runs as a nondeterministic automaton without
/// backtracking (Ken Thompson, "Regular Expression Search Algorithm", 1968; Russ Cox, "Regular Expression Matching Can Be Simple And
/// Fast").
///
/// The syntax is the part of ECMA-262 that such an automaton can match, which JSON Schema recommends too (draft 2020-12, "Regular
/// Expressions"): no references to groups, no lookahead and no lookbehind.
public struct PatternProgram: Sendable {
    /// One step of the program.
    enum Step: Sendable {
        /// Consumes a character of a set, and continues with the next step.
        case take(CharacterClass)
        /// Continues at both steps.
        case fork(Int, Int)
        case jump(Int)
        /// Continues only at the beginning of the text.
        case beginning
        /// Continues only at the end of the text.
        case end
        case match
    }

    /// The largest number of steps, after counts such as `{2,50}` are expanded.
    public static let limit = 500

    let steps: [Step]

    /// Compiles a pattern.
    /// - Throws: A `PatternError` if the text is not a pattern, or cannot be matched in bounded time.
    public init(_ pattern: String) throws(PatternError) {
        var parser = PatternParser(pattern)
        steps = try parser.program()
    }

    /// Returns whether the pattern matches anywhere in a text. A pattern for the whole text begins with `^` and ends with `$`.
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

    /// The current states of the automaton.
    private struct Run {
        /// The states that wait for a character.
        var active: [Int] = []
        /// The states that were visited since the last character.
        var seen: [Bool]
        var stack: [Int] = []

        init(_ count: Int) { seen = Array(repeating: false, count: count) }

        mutating func clear() {
            active.removeAll(keepingCapacity: true)
            for index in seen.indices { seen[index] = false }
        }
    }

    /// Follows all steps from a place that need no character.
    /// - Returns: Whether the end of the program is among them.
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

/// Why a text is not a valid pattern.
public struct PatternError: Error, Sendable {
    /// What is wrong, where, and how to fix it.
    public let description: String
}
