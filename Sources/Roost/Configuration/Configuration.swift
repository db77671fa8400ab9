/// What a service was told from outside: the environment's variables, read by type.
///
/// A value that is there and wrong is never passed over: it stops the start with one line that names it.
public struct Configuration: Sendable {
    private let values: [String: String]

    public init(_ values: [String: String]) { self.values = values }

    /// A copy with these values in place of its own.
    public func with(_ changes: [String: String]) -> Configuration {
        Configuration(values.merging(changes) { $1 })
    }

    /// The names of what was told, in alphabetical order.
    public var keys: [String] { values.keys.sorted() }

    /// A text; an empty one counts as not there.
    public func string(_ key: String) -> String? {
        values[key].flatMap { $0.isEmpty ? nil : $0 }
    }

    /// A whole number.
    public func integer(_ key: String, default fallback: Int, in bounds: ClosedRange<Int>) throws(ConfigurationError) -> Int {
        try value(key, allowed: "a whole number from \(bounds.lowerBound) to \(bounds.upperBound)") { text in
            Int(text).flatMap { bounds.contains($0) ? $0 : nil }
        } ?? fallback
    }

    /// A TCP port; 0 lets the system choose one.
    public func port(_ key: String, default fallback: Int) throws(ConfigurationError) -> Int {
        try integer(key, default: fallback, in: 0...65535)
    }

    /// `1`, `true`, `yes` and `on`, or `0`, `false`, `no` and `off`.
    public func flag(_ key: String, default fallback: Bool = false) throws(ConfigurationError) -> Bool {
        let words = ["1": true, "true": true, "yes": true, "on": true, "0": false, "false": false, "no": false, "off": false]
        return try value(key, allowed: "true or false") { words[$0.lowercased()] } ?? fallback
    }

    /// One of a few words.
    public func choice<Choice: RawRepresentable<String> & CaseIterable>(
        _ key: String, default fallback: Choice
    ) throws(ConfigurationError) -> Choice {
        let allowed = Choice.allCases.map(\.rawValue).joined(separator: ", ")
        return try value(key, allowed: "one of \(allowed)", parse: Choice.init(rawValue:)) ?? fallback
    }

    /// Anything that `parse` makes of the text.
    /// - Parameter allowed: what `parse` takes, for a person.
    /// - Throws: where there is a value and `parse` makes nothing of it.
    public func value<Value>(
        _ key: String, allowed: String, parse: (String) -> Value?
    ) throws(ConfigurationError) -> Value? {
        guard let text = string(key) else { return nil }
        guard let value = parse(text) else { throw ConfigurationError(key: key, value: text, allowed: allowed) }
        return value
    }
}

/// Names its keys and shows none of its values, so that no secret comes into a log with it.
extension Configuration: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { "Configuration(\(keys.joined(separator: ", ")))" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
