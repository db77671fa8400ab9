import CatalogAPI
import Foundation
import Roost
import RoostData

/// The text that a search compares, without regard to case, normalization and invisible characters. Databases only fold the letters of
/// ASCII.
enum SearchText {
    private static let length = 200
    private static let words = 16

    /// Returns the text of a product as its row stores it.
    static func of(_ name: String, _ description: String) -> String { folded(name + "\n" + description) }

    /// Returns the words of a search.
    /// - Throws: A `Problem` with status 422 if there are more than can be searched for, because a part of the search is never ignored.
    static func words(of query: String) throws(Problem) -> [String] {
        guard query.utf8.count <= 4 * length, query.unicodeScalars.count <= length else {
            throw refused("length", "must have at most \(length) characters")
        }
        let words = folded(query).unicodeScalars.split { $0.properties.isWhitespace }
        guard words.count <= Self.words else { throw refused("count", "must have at most \(Self.words) words") }
        return words.map(String.init)
    }

    /// Returns a category in the form in which products have it.
    static func category(_ text: String) -> String {
        // A longer one cannot belong to a product, and normalizing a long text may take long.
        text.utf8.count <= 1000 ? text.precomposedStringWithCanonicalMapping : text
    }

    /// Adds the text to rows that have none yet.
    static func complete(in database: Database) async throws {
        let rows = ProductRow.where { $0.searchText == "" }.limit(256)
        while true {
            var batch = Batch()
            for row in try await database.fetch(rows) {
                // Another replica may have changed the product meanwhile.
                let unfolded = ProductRow.with(row.sku).where {
                    $0.searchText == "" && $0.name == row.name && $0.description == row.description
                }
                batch.run(unfolded.update { $0.searchText.set(of(row.name, row.description)) })
            }
            guard !batch.isEmpty else { return }
            try await database.run(batch)
        }
    }

    /// Returns the text in one case and one form: through upper case, so that "ß" is found as "SS" and "ς" as "Σ", and in the form that
    /// unifies letters of different widths and shapes (UAX #15, Normalization Form KC), before and after, because each step may undo the
    /// other.
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
