extension Format {
    /// What `Check.line` asks for beside the length.
    static let line = Format(
        "line", expectation: "one line that is not blank, without control, direction or other invisible characters",
        pattern: "^[^\(hidden)]*[^\\s\(hidden)][^\(hidden)]*$", accepts: VisibleText.isLine)

    /// What `Check.identifier` asks for beside the length.
    package static let identifier = Format(
        "identifier",
        expectation: "an identifier: visible characters in Unicode's Normalization Form C, at most 255 of them, "
            + "with no space at either end, and neither . nor ..",
        pattern: "^[^\\s\(hidden)]([^\(hidden)]*[^\\s\(hidden)])?$", accepts: VisibleText.isIdentifier)

    /// Of the characters that neither may have those of the Basic Multilingual Plane, as every engine of regular expressions knows them.
    private static let hidden =
        #"\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"#
}

extension Check {
    /// One line that a person wrote, such as a name or a line of an address, of so many characters: it has something to see, and no
    /// control characters, line ends, direction controls or other characters that a reader cannot see. The joiners that some scripts and
    /// emoji are written with may stand in it.
    public static func line(_ length: some RangeExpression<Int> & Sendable) -> Check { Check() }

    /// The name of a thing, such as a product number, of so many characters, which is compared byte by byte: characters that can be seen, in
    /// Unicode's Normalization Form C (UAX #15), at most 255 of them, with no space at either end, and neither `.` nor `..`, which a path
    /// cannot carry.
    ///
    /// A text parameter of a path is checked in the same way without being asked.
    public static func identifier(_ length: some RangeExpression<Int> & Sendable) -> Check { Check() }
}

extension FaultRecorder {
    /// Notes it if a text is not one line, as long as it must be.
    public mutating func check(line bounds: Bounds<Int>, of value: String?, at place: Place) {
        check(.line, "line", bounds, value, at: place)
    }

    /// Notes it if a text is not an identifier, as long as it must be.
    public mutating func check(identifier bounds: Bounds<Int>, of value: String?, at place: Place) {
        check(.identifier, "identifier", bounds, value, at: place)
    }

    private mutating func check(_ format: Format, _ rule: String, _ bounds: Bounds<Int>, _ value: String?, at place: Place) {
        guard let value else { return }
        if !bounds.containsLength(of: value) {
            broken("length", bounds.words(of: "character"), at: place)
        } else if !format.accepts(value) {
            broken(rule, "must be \(format.expectation)", at: place)
        }
    }
}

extension JSONSchema {
    public func line(_ length: Bounds<Int>) -> JSONSchema { self.length(length).format(.line) }
    public func identifier(_ length: Bounds<Int>) -> JSONSchema { self.length(length).format(.identifier) }
}
