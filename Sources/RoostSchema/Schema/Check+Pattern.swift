import RoostPattern
import Synchronization

extension Check {
    /// Requires a text to match a regular expression in the syntax of ECMA-262, anywhere in the text unless it begins with `^` and ends
    /// with `$`. Matching takes time linear in the length of the text, so that no text can stall a service; lookaround and references to
    /// groups are therefore not supported. An invalid pattern is an error where it is written.
    public static func pattern(_ pattern: StaticString) -> Check { Check() }
}

extension FaultRecorder {
    /// Records a fault if a text does not match a pattern.
    public mutating func check(pattern: StaticString, of value: String?, at place: Place) {
        guard let value, Patterns.program(pattern)?.matches(value) != true else { return }
        broken("pattern", "must match \(pattern)", at: place)
    }
}

extension JSONSchema {
    /// Returns the schema of a text that matches a pattern.
    public func pattern(_ pattern: StaticString) -> JSONSchema { adding([.pattern("\(pattern)")]) }
}

/// The programs of the patterns, of which there are as many as in the source.
private enum Patterns {
    private static let programs = Mutex<[UInt: PatternProgram]>([:])

    /// Returns the program of a pattern, or `nil` if it is invalid, which `@Check` has prevented.
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
