/// The keys of an object that must have exactly one, as proto3's JSON writes a oneof.
public struct JSONChoice {
    fileprivate var keys = 0
    fileprivate var unknown = 0

    public init() {}
}

extension JSONReader {
    /// The next key of the object that was entered, counted; `nil` at the object's end.
    public mutating func nextKey(_ choice: inout JSONChoice) throws(DecodingFailure) -> JSONKey? {
        let key = try nextKey()
        if key != nil { choice.keys += 1 }
        return key
    }

    /// Passes over the value of a key that is none of the choices.
    public mutating func skipUnknown(_ choice: inout JSONChoice) throws(DecodingFailure) {
        choice.unknown += 1
        try skipValue()
    }

    /// Notes it where an object that is over had not exactly one key, or one that is none of the choices.
    /// - Parameter names: the choices, for a person.
    public mutating func require(_ choice: JSONChoice, of names: StaticString, at object: Int) {
        if choice.keys != 1 || choice.unknown > 0 { fault("choice", "must have exactly one of \(names)", at: object) }
    }

    /// Reads a value that is one of a few strings.
    /// - Returns: `nil` where it is none of them, which is then noted.
    public mutating func readWord<Word: ParameterValue>(_ type: Word.Type = Word.self) throws(DecodingFailure) -> Word? {
        let start = position()
        guard let text = try readString() else { return nil }
        if let word = Word(parameter: text) { return word }
        let found = Word.fault(pointer: "")
        fault(found.rule, found.message, at: start)
        return nil
    }
}
