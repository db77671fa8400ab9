/// The text of SQL statements, as far as migrations look into it.
package enum SQLText {
    /// Returns the words of a text: names, numbers, and single punctuation marks, without comments and the content of literals.
    package static func words(_ sql: String) -> [String] {
        var scanner = SQLScanner(sql)
        return scanner.words()
    }

    /// Returns the words of a text to compare it with another: in lowercase, names without quotation marks, and literals as they are.
    package static func plainWords(_ sql: String) -> [String] {
        var scanner = SQLScanner(sql, keepsLiterals: true)
        return scanner.words().map { $0.first == "'" ? $0 : plain($0).lowercased() }
    }

    /// Returns a name without its quotation marks, or another word in lowercase.
    private static func plain(_ word: String) -> String {
        guard word.first == "\"", word.count > 1 else { return word.lowercased() }
        return String(word.dropFirst().dropLast().replacing("\"\"", with: "\""))
    }

    /// Returns the checks in the statement that makes a table.
    package static func checks(_ sql: String) -> [TableCheck] {
        var scanner = SQLScanner(sql), checks: [TableCheck] = [], definition: [String] = [], depth = 0
        while let word = scanner.next() {
            let isCheck = word.lowercased() == "check"
            definition.append(word)
            if isCheck, scanner.next() == "(" {
                checks.append(TableCheck(condition: scanner.restOfParentheses(), column: column(of: definition)))
            }
            switch word {
            case "(":
                depth += 1
                if depth == 1 { definition = [] }
            case ")": depth -= 1
            case "," where depth == 1: definition = []
            default: break
            }
        }
        return checks
    }

    /// Returns the name of the column that a definition in the statement that makes a table begins with, in lowercase; `nil` if it is a
    /// constraint of the table.
    private static func column(of definition: [String]) -> String? {
        // Other quotation marks are words of their own.
        guard let first = definition.first(where: { !["[", "`"].contains($0) }) else { return nil }
        return ["check", "constraint"].contains(first.lowercased()) ? nil : plain(first).lowercased()
    }

    /// Returns the name of the index that a statement creates concurrently; `nil` if it is another statement.
    static func concurrentIndex(of sql: String) -> String? {
        let words = words(sql)
        guard let start = words.firstIndex(where: { $0.lowercased() == "concurrently" }),
            words.prefix(start).contains(where: { $0.lowercased() == "create" })
        else { return nil }
        let names = words[(start + 1)...].drop { ["if", "not", "exists"].contains($0.lowercased()) }
        return names.first.map(plain)
    }
}

/// A check in the statement that makes a table.
package struct TableCheck: Hashable, Sendable {
    /// The condition, as it was written.
    package let condition: String
    /// The column whose definition has the check, in lowercase; `nil` if it belongs to the whole table.
    package let column: String?
}

/// Divides SQL into words.
struct SQLScanner {
    private let bytes: [UInt8]
    private let keepsLiterals: Bool
    private var position = 0

    /// - Parameters:
    ///   - sql: The text.
    ///   - keepsLiterals: Whether the words have the content of text literals.
    init(_ sql: String, keepsLiterals: Bool = false) {
        bytes = Array(sql.utf8)
        self.keepsLiterals = keepsLiterals
    }

    /// Returns all words.
    mutating func words() -> [String] {
        var words: [String] = []
        while let word = next() { words.append(word) }
        return words
    }

    /// Returns the next word; `nil` at the end. Identifiers in quotation marks keep them; text literals become `''`.
    mutating func next() -> String? {
        while position < bytes.count {
            let start = position
            switch bytes[position] {
            case 0x20, 0x09, 0x0a, 0x0d: position += 1
            case UInt8(ascii: "-") where byte(after: 1) == UInt8(ascii: "-"): skip { $0 != 0x0a }
            case UInt8(ascii: "/") where byte(after: 1) == UInt8(ascii: "*"): skipComment()
            case UInt8(ascii: "'"):
                skipQuoted(UInt8(ascii: "'"))
                return keepsLiterals ? text(from: start) : "''"
            case UInt8(ascii: "\""):
                skipQuoted(UInt8(ascii: "\""))
                return text(from: start)
            case let byte where Self.isNameByte(byte):
                skip(while: Self.isNameByte)
                return text(from: start)
            default:
                position += 1
                return text(from: start)
            }
        }
        return nil
    }

    /// Returns the text up to the parenthesis that closes the one before it.
    mutating func restOfParentheses() -> String {
        let start = position
        var depth = 1, end = position
        while depth > 0, let word = next() {
            if word == "(" { depth += 1 }
            if word == ")" { depth -= 1 }
            if depth > 0 { end = position }
        }
        return String(decoding: bytes[start..<end], as: UTF8.self)
    }

    private func byte(after offset: Int) -> UInt8? { position + offset < bytes.count ? bytes[position + offset] : nil }

    private func text(from start: Int) -> String { String(decoding: bytes[start..<min(position, bytes.count)], as: UTF8.self) }

    private mutating func skip(while condition: (UInt8) -> Bool) {
        while position < bytes.count, condition(bytes[position]) { position += 1 }
    }

    private mutating func skipComment() {
        position += 2
        while position < bytes.count, bytes[position] != UInt8(ascii: "*") || byte(after: 1) != UInt8(ascii: "/") { position += 1 }
        position = min(position + 2, bytes.count)
    }

    private mutating func skipQuoted(_ quote: UInt8) {
        position += 1
        while position < bytes.count {
            if bytes[position] == quote {
                guard byte(after: 1) == quote else { break }
                position += 1
            }
            position += 1
        }
        position = min(position + 1, bytes.count)
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x5a).contains(byte) || (0x61...0x7a).contains(byte) || byte == 0x5f || byte >= 0x80
    }
}

extension String {
    /// Whether the text has nothing but white space and comments of SQL.
    var isBlank: Bool { SQLText.words(self).isEmpty }
}
