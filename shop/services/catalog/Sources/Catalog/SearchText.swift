import CatalogAPI
import Foundation
import Roost
import RoostData

/// What a search compares: texts without regard to case, to normalization, or to characters that cannot be seen. Databases fold no more than
/// the letters of ASCII.
enum SearchText {
    private static let length = 200
    private static let words = 16

    /// A product's text as its row keeps it.
    static func of(_ name: String, _ description: String) -> String { folded(name + "\n" + description) }

    /// The words that a search is for.
    /// - Throws: a `Problem` with status 422 where there is more than can be looked for: what is asked for is never looked for in part.
    static func words(of query: String) throws(Problem) -> [String] {
        guard query.utf8.count <= 4 * length, query.unicodeScalars.count <= length else {
            throw refused("length", "must have at most \(length) characters")
        }
        let words = folded(query).unicodeScalars.split { $0.properties.isWhitespace }
        guard words.count <= Self.words else { throw refused("count", "must have at most \(Self.words) words") }
        return words.map(String.init)
    }

    /// A category as its products have it.
    static func category(_ text: String) -> String {
        // One that is longer is no product's, and a long text may take long to normalize.
        text.utf8.count <= 1000 ? text.precomposedStringWithCanonicalMapping : text
    }

    /// A pattern for LIKE that finds the word anywhere; its own wildcards stand for themselves.
    static func containing(_ word: String) -> String {
        var pattern = "%"
        for scalar in word.unicodeScalars {
            if scalar == "%" || scalar == "_" || scalar == "\\" { pattern += "\\" }
            pattern.unicodeScalars.append(scalar)
        }
        return pattern + "%"
    }

    /// Makes the texts of rows that have none yet.
    static func complete(in database: Database) async throws {
        try await database.transaction { transaction in
            for row in try await transaction.query("SELECT sku, name, description FROM products WHERE search_text = ''") {
                let sku = try row.get("sku", as: String.self)
                let text = of(try row.get("name"), try row.get("description"))
                _ = try await transaction.execute("UPDATE products SET search_text = \(text) WHERE sku = \(sku)")
            }
        }
    }

    /// The text in one case and one form. By way of capitals, so that "ß" is found as "SS" and "ς" as "Σ", and in the form that joins
    /// letters of different widths and shapes (UAX #15, Normalization Form KC), before and after, as each step may undo the other.
    private static func folded(_ text: String) -> String {
        var seen = String.UnicodeScalarView()
        seen.append(
            contentsOf: text.precomposedStringWithCompatibilityMapping.unicodeScalars.lazy.filter {
                !$0.properties.isDefaultIgnorableCodePoint
            })
        return String(seen).uppercased().lowercased().precomposedStringWithCompatibilityMapping
    }

    private static func refused(_ rule: String, _ message: String) -> Problem {
        .invalid([Fault(pointer: "/query", rule: rule, message: message)])
    }
}
