/// The visible characters of a text (The Unicode Standard, chapter 23, "Special Areas and Format Characters").
package enum VisibleText {
    /// Returns whether a text is one line and not blank.
    static func isLine(_ text: String) -> Bool {
        var isBlank = true
        for scalar in text.unicodeScalars {
            if (0x21...0x7E).contains(scalar.value) {
                isBlank = false
            } else if scalar != " " {
                guard mayStand(scalar) else { return false }
                if isBlank { isBlank = isInvisible(scalar) }
            }
        }
        return !isBlank
    }

    package static func isIdentifier(_ text: String) -> Bool {
        guard !text.isEmpty, Bounds(...255).containsLength(of: text), text.utf8.first != 0x20, text.utf8.last != 0x20 else { return false }
        var isASCII = true, dots = 0, spaces = 0, length = 0
        for byte in text.utf8 {
            guard byte >= 0x20, byte != 0x7F else { return false }
            if byte >= 0x80 { isASCII = false }
            if byte == UInt8(ascii: "/") {
                if isNoName(dots, spaces, of: length) { return false }
                (dots, spaces, length) = (0, 0, 0)
            } else {
                length += 1
                if byte == UInt8(ascii: ".") { dots += 1 }
                if byte == UInt8(ascii: " ") { spaces += 1 }
            }
        }
        return !isNoName(dots, spaces, of: length) && (isASCII || isVisible(text) && text.isComposed)
    }

    /// Returns whether a segment of a path is blank, or `.` or `..`, which have a special meaning (RFC 3986 §5.2.4).
    private static func isNoName(_ dots: Int, _ spaces: Int, of length: Int) -> Bool {
        length > 0 && (spaces == length || dots == length && dots <= 2)
    }

    /// Returns whether every character other than the space is visible.
    private static func isVisible(_ text: String) -> Bool {
        text.unicodeScalars.allSatisfy { $0 == " " || mayStand($0) && !isInvisible($0) }
    }

    /// Returns whether a character is allowed in a line.
    private static func mayStand(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator, .surrogate: false
        // Of the format characters, visible ones such as the Arabic number sign are allowed, and those that some scripts and emoji need:
        // joiners, and the tags of flags. Interlinear annotation is not visible.
        case .format: !scalar.properties.isDefaultIgnorableCodePoint && !(0xFFF9...0xFFFB).contains(scalar.value) || isJoining(scalar)
        default: !scalar.properties.isNoncharacterCodePoint
        }
    }

    private static func isJoining(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x200C, 0x200D, 0xE0020...0xE007F: true
        default: false
        }
    }

    /// Returns whether a character alone is invisible. The blank of Braille has no property that shows this.
    private static func isInvisible(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.isWhitespace || scalar.properties.isDefaultIgnorableCodePoint || scalar.value == 0x2800
    }
}
