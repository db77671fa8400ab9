/// The keys of an object that must have exactly one, as in the JSON form of a oneof in proto3.
public struct JSONChoice {
    fileprivate var keys = 0
    fileprivate var unknown = 0

    /// Creates a count of no keys.
    public init() {}
}

extension JSONReader {
    /// Returns and counts the next key of the current object, or returns `nil` at its end.
    public mutating func nextKey(_ choice: inout JSONChoice) throws(DecodingFailure) -> JSONKey? {
        let key = try nextKey()
        if key != nil { choice.keys += 1 }
        return key
    }

    /// Skips the value of a key that is not one of the choices.
    public mutating func skipUnknown(_ choice: inout JSONChoice) throws(DecodingFailure) {
        choice.unknown += 1
        try skipValue()
    }

    /// Records a fault if an object did not have exactly one key, or had one that is not among the choices.
    /// - Parameter names: The choices, for a person.
    public mutating func require(_ choice: JSONChoice, of names: StaticString, at object: Int) {
        if choice.keys != 1 || choice.unknown > 0 { fault("choice", "must have exactly one of \(names)", at: object) }
    }

    /// Reads a value that is one of several strings.
    /// - Returns: `nil` after recording a fault, if it is not one of them.
    public mutating func readWord<Word: ParameterValue>(_ type: Word.Type = Word.self) throws(DecodingFailure) -> Word? {
        let start = position()
        guard let text = try readString() else { return nil }
        if let word = Word(parameter: text) { return word }
        let found = Word.fault(pointer: "")
        fault(found.rule, found.message, at: start)
        return nil
    }
}
