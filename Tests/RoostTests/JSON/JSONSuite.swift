import Testing

/// Nicolas Seriot's JSON parsing test suite (github.com/nst/JSONTestSuite, MIT; "Parsing JSON is a Minefield", 2016), as data: one line for
/// each case, with its name and its bytes. Bytes that are not printable ASCII, and `%`, are written as `%HH`.
enum JSONSuite {
    struct Case: CustomTestStringConvertible {
        let name: String
        let bytes: [UInt8]

        var testDescription: String { name }
    }

    static func cases(_ lines: String) -> [Case] {
        lines.split(separator: "\n").map { line in
            let parts = line.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: false)
            return Case(name: String(parts[0]), bytes: parts.count > 1 ? bytes(parts[1]) : [])
        }
    }

    private static func bytes(_ text: Substring) -> [UInt8] {
        var bytes: [UInt8] = [], rest = text.utf8[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            bytes.append(UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16) ?? 0)
            rest = rest.dropFirst(2)
        }
        return bytes
    }
}
