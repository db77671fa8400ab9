public import Roost

/// The text format of the lock: a line for each message, enumeration and service, followed by an indented line for each of its numbers or
/// methods.
extension ProtoLock {
    private static let head =
        "# The Protocol Buffers numbers and methods that clients rely on, maintained by the command `protos`. Commit this file."

    /// The content of the lock's file.
    public var text: String {
        let lines = entries.sorted { $0.key < $1.key }.flatMap { name, entry in
            ["\(entry.kind) \(name)"] + entry.members.sorted { $0.key < $1.key }.map { "  " + $1.line(number: $0) }
                + entry.methods.sorted { $0.key < $1.key }.map { "  " + $1.line(name: $0) }
        }
        return ([Self.head] + lines).joined(separator: "\n") + "\n"
    }

    /// Parses the content of a lock's file.
    /// - Throws: A `ConfigurationError` that names the first invalid line.
    public init(parsing text: String) throws(ConfigurationError) {
        var current = ""
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let words = line.split(separator: " ", maxSplits: 2).map(String.init)
            guard let first = words.first, !first.hasPrefix("#") else { continue }
            if !line.hasPrefix(" "), words.count == 2, ["message", "enum", "service"].contains(first), entries[words[1]] == nil {
                current = words[1]
                entries[current] = Entry(kind: first)
            } else if entries[current]?.kind == "service", let (name, method) = Method.parse(line), entries[current]?.methods[name] == nil {
                entries[current]?.methods[name] = method
            } else if let entry = entries[current], entry.kind != "service", let (number, member) = Member.parse(words),
                entry.members[number] == nil
            {
                entries[current]?.members[number] = member
            } else {
                throw ConfigurationError("line \(index + 1) of the lock is invalid: \(line)", code: .invalidLock)
            }
        }
    }
}

extension ConfigurationError.Code {
    /// A line of a lock's file is invalid.
    public static let invalidLock = ConfigurationError.Code(rawValue: "invalid_lock")
    /// A change to the contracts would break existing clients.
    public static let breakingChange = ConfigurationError.Code(rawValue: "breaking_change")
}

extension ProtoLock.Method {
    fileprivate func line(name: String) -> String { "rpc \(name)(\(request)) returns (\(reply))" }

    fileprivate static func parse(_ line: Substring) -> (name: String, method: Self)? {
        guard let match = line.wholeMatch(of: #/ *rpc (\w+)\(((?:stream )?[\w.]+)\) returns \(((?:stream )?[\w.]+)\) */#) else {
            return nil
        }
        return (String(match.1), Self(request: String(match.2), reply: String(match.3)))
    }
}

extension ProtoLock.Member {
    fileprivate func line(number: Int) -> String {
        isReserved ? "reserved \(number) \(name)" : "\(number) \(name)" + (type.isEmpty ? "" : " " + type)
    }

    fileprivate static func parse(_ words: [String]) -> (number: Int, member: Self)? {
        if words.count == 3, words[0] == "reserved", let number = number(words[1]), isName(words[2]) {
            return (number, Self(name: words[2], isReserved: true))
        }
        guard words.count >= 2, let number = number(words[0]), isName(words[1]) else { return nil }
        return (number, Self(name: words[1], type: words.count == 3 ? words[2] : ""))
    }

    /// Returns a valid field number.
    private static func number(_ text: String) -> Int? { Int(text).flatMap { (1...536_870_911).contains($0) ? $0 : nil } }

    private static func isName(_ text: String) -> Bool {
        text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
    }
}
