import Foundation
import RoostData
import Testing

/// The statements of queries, to the letter, for each engine.
struct StatementTextTests {
    private func text(_ query: Query<ProductRow>, _ dialect: Dialect = .sqlite) -> String {
        query.select { $0.sku }.statement(for: dialect).text.replacing("SELECT sku FROM products", with: "…")
    }

    @Test func operatorsKeepTheirMeaningWithoutMoreParenthesesThanNeeded() {
        #expect(text(ProductRow.where { $0.stock < 5 && $0.note == nil }) == "… WHERE stock < $1 AND note IS NULL")
        #expect(
            text(ProductRow.where { ($0.stock == 1 || $0.stock == 2) && !($0.sku == "a" && $0.isOffered == true) })
                == "… WHERE (stock = $1 OR stock = $2) AND NOT (sku = $3 AND is_offered = $4)")
        #expect(text(ProductRow.where { ($0.stock + 1) * 2 - ($0.stock - 3) > 4 }) == "… WHERE (stock + $1) * $2 - (stock - $3) > $4")
        #expect(text(ProductRow.where { $0.stock - ($0.stock + 1) == 0 }) == "… WHERE stock - (stock + $1) = $2")
        #expect(text(ProductRow.where { $0.sku.like("a") || !$0.isOffered }) == #"… WHERE sku LIKE $1 ESCAPE '\' OR NOT is_offered"#)
        #expect(text(ProductRow.where { $0.note != "x" }) == "… WHERE note IS DISTINCT FROM $1")
    }

    @Test func aHandWrittenConditionStaysAWhole() {
        let written = Condition(sql: "stock = \(1) OR stock = \(2)")
        #expect(text(ProductRow.where { _ in written }.where { $0.sku == "a" }) == "… WHERE (stock = $1 OR stock = $2) AND sku = $3")
    }

    @Test func enginesDifferInListsAndLocks() {
        let query = ProductRow.where { $0.sku.isIn(["a", "b", "c"]) }.locked(.skipLocked).limit(1)
        #expect(text(query) == "… WHERE sku IN ($1, $2, $3, $4) LIMIT $5")
        #expect(text(query, .postgres) == "… WHERE sku = ANY($1) LIMIT $2 FOR UPDATE SKIP LOCKED")
    }

    @Test func nullIsSmallestOnEveryEngine() {
        let query = ProductRow.all.order { ($0.note, $0.note.descending, $0.stock.descending) }
        #expect(text(query) == "… ORDER BY note, note DESC, stock DESC")
        #expect(text(query, .postgres) == "… ORDER BY note NULLS FIRST, note DESC NULLS LAST, stock DESC")
        // Only the row of the second table may be absent.
        let join = CategoryRow.all.leftJoin(ProductRow.self) { $0.name == $1.category }.order { ($0.name, $1.sku) }.select { category, _ in
            category.name
        }
        #expect(join.statement(for: .postgres).text.hasSuffix(" ORDER BY t0.name, t1.sku NULLS FIRST"))
    }

    @Test func namesThatAreKeywordsAreQuoted() {
        #expect(
            GroupRow.where { $0.order == 1 }.select { $0.user }.statement(for: .sqlite).text
                == #"SELECT "user" FROM "group" WHERE "order" = $1"#)
    }
}

@Model("group")
struct GroupRow {
    @Key var user: String
    var order: Int
}

extension StatementTextTests {
    @Test func queriesWithinQueriesNameTheirTables() {
        let query = CategoryRow.where { category in .exists(ProductRow.where { $0.category == category.name && $0.stock > 0 }) }
        #expect(
            query.statement(for: .sqlite).text
                == "SELECT name FROM categories WHERE EXISTS (SELECT 1 FROM products AS q1t0 WHERE q1t0.category = categories.name AND q1t0.stock > $1)"
        )
        let join = CategoryRow.all.leftJoin(ProductRow.self) { $0.name == $1.category }.where { category, _ in
            category.name.isIn(CategoryRow.all.select { $0.name })
        }.select { category, product in category.name }
        #expect(
            join.statement(for: .postgres).text
                == "SELECT t0.name FROM categories AS t0 LEFT JOIN products AS t1 ON t0.name = t1.category WHERE t0.name IN (SELECT q1t0.name FROM categories AS q1t0)"
        )
    }
}
