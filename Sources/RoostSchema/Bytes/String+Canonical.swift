// Swift joins texts that are canonically equivalent: `==`, `hash(into:)` and `switch` take the two spellings of "é" for one, and the
// Kelvin sign for a K. Databases, other languages and other services tell them apart. What names a thing is therefore compared byte by byte,
// or taken in one normalization form alone.

extension String {
    /// Whether the text is in Normalization Form C (UAX #15), in which texts are canonically equivalent only where their bytes are the same.
    ///
    /// False too of text with more than 30 combining marks in a row, which is none that people write (UAX #15 §13, "Stream-Safe Text
    /// Format"): to put those in order takes the square of their number, here and wherever such a text is compared or hashed.
    public var isComposed: Bool {
        if utf8.allSatisfy({ $0 < 0x80 }) { return true }
        guard isStreamSafe else { return false }
        var text = utf8Span
        return text.checkForNFC(quickCheck: false)
    }

    /// Whether the text has no more than 30 combining marks in a row, so that putting them in order takes no longer than its length.
    package var isStreamSafe: Bool {
        var marks = 0
        for scalar in unicodeScalars {
            if scalar.properties.canonicalCombiningClass == .notReordered { marks = 0 } else { marks += 1 }
            if marks > 30 { return false }
        }
        return true
    }

    /// Whether the text has the character U+0000.
    @inlinable
    var hasNull: Bool {
        var text = self
        return text.withUTF8 { bytes in
            // All of them, as a loop that stops early is not done many bytes at a time.
            var zeros: UInt8 = 0
            for byte in bytes { zeros |= byte == 0 ? 1 : 0 }
            return zeros != 0
        }
    }

    /// The text for `switch`, whose cases then match it byte by byte.
    @inlinable public var exact: ExactText { ExactText(text: self) }

    /// Whether the bytes are the same.
    @usableFromInline
    package func isSame(as other: some StringProtocol) -> Bool { utf8.elementsEqual(other.utf8) }
}

/// A text that a pattern matches only where its bytes are the same.
public struct ExactText: Sendable {
    @usableFromInline let text: String

    @usableFromInline
    init(text: String) { self.text = text }

    /// Lengths first: what is as long as a short pattern is quickly compared, however it is spelled.
    @inlinable
    public static func ~= (pattern: String, text: ExactText) -> Bool {
        pattern.utf8.count == text.text.utf8.count && pattern == text.text && pattern.utf8.elementsEqual(text.text.utf8)
    }
}
