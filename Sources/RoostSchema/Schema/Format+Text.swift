extension Format {
    /// The format of `Check.line`.
    static let line = Format(
        "line", expectation: "one line that is not blank, without control, direction or other invisible characters",
        pattern: "^[^\(hidden)]*[^\\s\(hidden)][^\(hidden)]*$", accepts: VisibleText.isLine)

    /// The format of `Check.identifier`.
    package static let identifier = Format(
        "identifier",
        expectation: "an identifier: visible characters in Unicode's Normalization Form C, at most 255 of them, "
            + "with no space at either end, and neither . nor ..",
        pattern: "^[^\\s\(hidden)]([^\(hidden)]*[^\\s\(hidden)])?$", accepts: VisibleText.isIdentifier)

    /// The characters of the Basic Multilingual Plane that neither format allows, in the syntax of every regular expression engine.
    private static let hidden =
        #"\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"#
}

extension Check {
    /// Requires one line that a person wrote, such as a name or a line of an address, with a number of characters within bounds. It must
    /// contain something visible, and no control characters, line ends, direction controls or other invisible characters. The joiners that
    /// some scripts and emoji need are allowed.
    public static func line(_ length: some RangeExpression<Int> & Sendable) -> Check { Check() }

    /// Requires a name that is compared byte by byte, such as a product number, with a number of characters within bounds. It consists of
    /// at most 255 visible characters in Unicode's Normalization Form C (UAX #15), has no space at either end, and is neither `.` nor `..`,
    /// which a path cannot contain.
    ///
    /// Text parameters in a path are always checked this way.
    public static func identifier(_ length: some RangeExpression<Int> & Sendable) -> Check { Check() }
}

extension FaultRecorder {
    /// Records a fault if a text is not one line of an allowed length.
    public mutating func check(line bounds: Bounds<Int>, of value: String?, at place: Place) {
        check(.line, "line", bounds, value, at: place)
    }

    /// Records a fault if a text is not an identifier of an allowed length.
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
    /// Returns the schema of text on one line, with a number of characters within bounds.
    public func line(_ length: Bounds<Int>) -> JSONSchema { self.length(length).format(.line) }
    /// Returns the schema of an identifier, with a number of characters within bounds.
    public func identifier(_ length: Bounds<Int>) -> JSONSchema { self.length(length).format(.identifier) }
}
