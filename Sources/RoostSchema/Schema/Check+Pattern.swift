import RoostPattern
import Synchronization

extension Check {
    /// What a text must match: a regular expression as ECMA-262 writes it, found anywhere in the text unless it begins with `^` and ends with
    /// `$`. It is run in time that grows with the text's length alone, so that no text can stop a service; for that it may not look ahead or
    /// behind, nor refer to groups. A wrong pattern is an error where it is written.
    public static func pattern(_ pattern: StaticString) -> Check { Check() }
}

extension FaultRecorder {
    /// Notes it if a text does not match a pattern.
    public mutating func check(pattern: StaticString, of value: String?, at place: Place) {
        guard let value, Patterns.program(pattern)?.matches(value) != true else { return }
        broken("pattern", "must match \(pattern)", at: place)
    }
}

extension JSONSchema {
    /// A text that matches a pattern.
    public func pattern(_ pattern: StaticString) -> JSONSchema { adding([.pattern("\(pattern)")]) }
}

/// The programs of patterns. There are as many as there are patterns in the source.
private enum Patterns {
    private static let programs = Mutex<[UInt: PatternProgram]>([:])

    /// - Returns: `nil` if it is no pattern, which `@Check` has seen to.
    static func program(_ pattern: StaticString) -> PatternProgram? {
        let address = UInt(bitPattern: pattern.utf8Start)
        return programs.withLock { programs in
            if let known = programs[address] { return known }
            let program = try? PatternProgram("\(pattern)")
            programs[address] = program
            return program
        }
    }
}
