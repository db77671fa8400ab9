extension Setting where Value == Int {
    /// Declares a whole number.
    /// - Parameters:
    ///   - key: The name, in upper case and with underscores.
    ///   - allowed: The allowed numbers.
    ///   - fallback: The default.
    ///   - purpose: The purpose of the setting, in one sentence.
    public init(_ key: String, allowed: ClosedRange<Int>, default fallback: Int, purpose: String) {
        self.init(
            key, allowed: "a whole number from \(allowed.lowerBound) to \(allowed.upperBound)", default: fallback, purpose: purpose,
            parse: { text in Int(text).flatMap { allowed.contains($0) ? $0 : nil } })
    }

    /// `PORT`, the TCP port to listen on; 0 lets the system choose one.
    /// - Parameter fallback: The default.
    public static func port(default fallback: Int) -> Setting {
        Setting("PORT", allowed: 0...65535, default: fallback, purpose: "The TCP port to listen on; 0 for any that is free.")
    }
}

extension Setting where Value == Bool {
    /// Declares a switch: `1`, `true`, `yes` and `on`, or `0`, `false`, `no` and `off`.
    /// - Parameters:
    ///   - key: The name, in upper case and with underscores.
    ///   - fallback: The default.
    ///   - purpose: The purpose of the setting, in one sentence.
    public init(_ key: String, default fallback: Bool = false, purpose: String) {
        let words = ["1": true, "true": true, "yes": true, "on": true, "0": false, "false": false, "no": false, "off": false]
        self.init(key, allowed: "true or false", default: fallback, purpose: purpose, parse: { words[$0.lowercased()] })
    }
}

extension Setting where Value: RawRepresentable<String> & CaseIterable {
    /// Declares one of several words.
    /// - Parameters:
    ///   - key: The name, in upper case and with underscores.
    ///   - fallback: The default.
    ///   - purpose: The purpose of the setting, in one sentence.
    public init(_ key: String, default fallback: Value, purpose: String) {
        let allowed = Value.allCases.map(\.rawValue).joined(separator: ", ")
        self.init(
            key, allowed: "one of \(allowed)", default: fallback, described: fallback.rawValue, purpose: purpose,
            parse: { Value(rawValue: $0) })
    }
}

extension Setting where Value == String {
    /// Declares a text.
    /// - Parameters:
    ///   - key: The name, in upper case and with underscores.
    ///   - fallback: The default.
    ///   - purpose: The purpose of the setting, in one sentence.
    public init(_ key: String, default fallback: String, purpose: String) {
        self.init(key, allowed: "a text", default: fallback, purpose: purpose, parse: { $0 })
    }
}
