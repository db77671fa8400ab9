import Roost

extension Row {
    /// The value of a column that holds one of a type's words, such as the state that something is in.
    /// - Throws: an `UnknownWordError` where it is another word: what a newer version of the service may have written. Never take one that
    ///   is known for it. A `DatabaseError` with the code `.column` where there is no such column or it holds no text.
    public func get<Word: ParameterValue>(word column: String, as type: Word.Type = Word.self) throws -> Word {
        let text = try get(column, as: String.self)
        guard let word = Word(parameter: text) else { throw UnknownWordError(column: column, word: text, type: "\(Word.self)") }
        return word
    }
}

/// A column holds a word that this version of the service does not know. The row is to be left as it is.
public struct UnknownWordError: ClassifiedError, Hashable, CustomStringConvertible {
    public let column: String
    public let word: String
    /// The type that has no such word.
    public let type: String

    public init(column: String, word: String, type: String) {
        self.column = column
        self.word = word
        self.type = type
    }

    /// A process of the version that knows the word can go on with it.
    public var failureKind: FailureKind { .transient }

    public var description: String {
        "the column \(column) holds “\(word)”, which this version knows no \(type) by: a newer one may have written it"
    }
}
