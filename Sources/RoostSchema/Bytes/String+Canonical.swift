// Swift treats texts that are canonically equivalent as equal: `==`, `hash(into:)` and `switch` do not distinguish the two spellings of
// "é", or the Kelvin sign and a K. Databases, other languages and other services do. Names are therefore compared byte by byte, or accepted
// in one normalization form only.

extension String {
    /// Whether the text is in Normalization Form C (UAX #15), in which texts are canonically equivalent only if their bytes are equal.
    ///
    /// This is also `false` for text with more than 30 combining marks in a row, which people do not write (UAX #15 §13, "Stream-Safe Text
    /// Format"): sorting those takes time quadratic in their number, here and wherever such a text is compared or hashed.
    public var isComposed: Bool {
        if utf8.allSatisfy({ $0 < 0x80 }) { return true }
        guard isStreamSafe else { return false }
        var text = utf8Span
        return text.checkForNFC(quickCheck: false)
    }

    /// Whether the text has at most 30 combining marks in a row, so that sorting them takes no longer than reading the text.
    package var isStreamSafe: Bool {
        var marks = 0
        for scalar in unicodeScalars {
            if scalar.properties.canonicalCombiningClass == .notReordered { marks = 0 } else { marks += 1 }
            if marks > 30 { return false }
        }
        return true
    }

    /// Whether the text contains the character U+0000.
    @inlinable
    var hasNull: Bool {
        var text = self
        return text.withUTF8 { bytes in
            // All bytes are checked, because a loop that can stop early is not vectorized.
            var zeros: UInt8 = 0
            for byte in bytes { zeros |= byte == 0 ? 1 : 0 }
            return zeros != 0
        }
    }

    /// The text for use in `switch`, whose cases then match it byte by byte.
    @inlinable public var exact: ExactText { ExactText(text: self) }

    /// Returns whether the bytes are equal.
    @usableFromInline
    package func isSame(as other: some StringProtocol) -> Bool { utf8.elementsEqual(other.utf8) }
}

/// A text that matches a pattern only if the bytes are equal.
public struct ExactText: Sendable {
    @usableFromInline let text: String

    @usableFromInline
    init(text: String) { self.text = text }

    /// The lengths are compared first. Texts as long as a short pattern are compared quickly, whatever their spelling.
    @inlinable
    public static func ~= (pattern: String, text: ExactText) -> Bool {
        pattern.utf8.count == text.text.utf8.count && pattern == text.text && pattern.utf8.elementsEqual(text.text.utf8)
    }
}
