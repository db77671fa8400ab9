import Foundation
import Roost
import RoostData
import RoostSQLite
import RoostTesting
import Testing

/// What queries read and change, in a database with files.
@Suite(.timeLimit(.minutes(5))) final class QueryTests {
    private let directory: TemporaryFolder

    init() throws { directory = try TemporaryFolder() }

    private func open() async throws -> Database {
        let tables = Migration(
            "0001_products",
            """
            CREATE TABLE categories (name TEXT PRIMARY KEY);
            CREATE TABLE products (
                id TEXT PRIMARY KEY, sku TEXT NOT NULL UNIQUE, name TEXT NOT NULL, price_amount INTEGER NOT NULL, price_currency TEXT NOT NULL,
                stock INTEGER NOT NULL, note TEXT, grade TEXT NOT NULL, category TEXT NOT NULL REFERENCES categories (name),
                attributes TEXT NOT NULL, size TEXT, is_offered INTEGER NOT NULL, added_at INTEGER NOT NULL, version INTEGER NOT NULL
            );
            """)
        let database = try await Database.open(directory.databaseURL(), migrations: [tables])
        try await database.insert([CategoryRow(name: "tools"), CategoryRow(name: "toys")])
        return database
    }

    private func product(_ sku: String, _ amount: Int = 100, stock: Int = 0, category: String = "tools") -> ProductRow {
        ProductRow(sku: sku, name: "Product \(sku)", price: Price(amount: amount), stock: stock, category: category)
    }

    @Test func aRowComesBackAsItWent() async throws {
        let database = try await open()
        var row = product("a'b\"c;--", 1999, stock: 3)
        row.note = "Ünï\u{1F9E9}"
        row.grade = .fine
        row.attributes = ["colour": "red", "": "\\"]
        row.size = Size(width: 3, height: 4)
        row.isOffered = false
        row.addedAt = Date(timeIntervalSince1970: 1_700_000_000.125)
        try await database.insert(row)
        #expect(try await database.find(ProductRow.self, row.id) == row)
        let plain = product("plain")
        try await database.insert(plain)
        #expect(try await database.find(ProductRow.self, plain.id) == plain)
        #expect(try await database.find(ProductRow.self, UUID()) == nil)
    }

    @Test func conditionsFindWhatTheySay() async throws {
        let database = try await open()
        var noted = product("noted", 300, stock: 9)
        noted.note = "x"
        try await database.insert([product("cheap", 100, stock: 1), product("dear", 900, stock: 5, category: "toys"), noted])
        func skus(_ condition: (ProductRow.Columns) -> Condition) async throws -> [String] {
            try await database.fetch(ProductRow.where(condition).order { $0.sku }).map(\.sku)
        }
        #expect(try await skus { $0.stock < 6 && $0.price.amount >= 100 } == ["cheap", "dear"])
        #expect(try await skus { $0.note == nil } == ["cheap", "dear"])
        #expect(try await skus { $0.note != nil } == ["noted"])
        // An optional column that is NULL is different from a value.
        #expect(try await skus { $0.note != "x" } == ["cheap", "dear"])
        #expect(try await skus { $0.note == "x" } == ["noted"])
        #expect(try await skus { $0.sku.isIn(["cheap", "noted", "none"]) } == ["cheap", "noted"])
        #expect(try await skus { $0.sku.isIn([]) } == [])
        #expect(try await skus { $0.sku.isNotIn([]) } == ["cheap", "dear", "noted"])
        #expect(try await skus { !($0.stock == 1 || $0.category == "toys") } == ["noted"])
        #expect(try await skus { $0.stock * 2 + 1 > $0.price.amount / 100 + 5 } == ["noted"])
        #expect(try await skus { $0.name.contains("t d") } == ["dear"])
        #expect(try await skus { $0.name.contains("%") } == [])
        // A wildcard that is part of a longer character.
        #expect(try await skus { $0.name.contains("%\u{301}") } == [])
        #expect(try await skus { $0.name.contains("_\u{301}") } == [])
        #expect(try await skus { $0.sku.hasPrefix("ch") } == ["cheap"])
        #expect(try await skus { !$0.isOffered } == [])
        #expect(try await skus { $0.grade == .basic && $0.isOffered == true } == ["cheap", "dear", "noted"])
        #expect(try await skus { $0.category.isIn(CategoryRow.where { $0.name == "toys" }.select { $0.name }) } == ["dear"])
        let category: String? = nil
        #expect(try await database.count(ProductRow.all.where(category) { $0.category == $1 }) == 3)
        #expect(try await database.count(ProductRow.all.where("toys") { $0.category == $1 }) == 1)
    }

    @Test func expressionsAreSelectedWithTheirTypes() async throws {
        let database = try await open()
        try await database.insert([product("a", 100, stock: 2), product("b", 200, stock: 3), product("c", 300, category: "toys")])
        let pairs = try await database.fetch(ProductRow.all.order { ($0.price.amount.descending, $0.sku) }.select { ($0.sku, $0.stock) })
        #expect(pairs.map(\.0) == ["c", "b", "a"] && pairs.map(\.1) == [0, 3, 2])
        let sums = try await database.fetch(
            ProductRow.all.group { $0.category }.having { $0.stock.sum >= 0 }.order { $0.category }
                .select { ($0.category, $0.stock.sum, $0.id.count, $0.price.amount.max) })
        #expect(sums.map { "\($0.0) \($0.1) \($0.2) \($0.3 ?? -1)" } == ["tools 5 2 200", "toys 0 1 300"])
        let none: Int? = try await database.first(ProductRow.where { $0.sku == "z" }.select { $0.stock.sum })
        #expect(none == 0)
        #expect(try await database.fetch(ProductRow.all.select { $0.category }.distinct()).count == 2)
        #expect(try await database.fetch(ProductRow.all.order { $0.sku }.offset(1).limit(1)).map(\.sku) == ["b"])
        #expect(try await database.fetch(ProductRow.all.order { $0.sku }.offset(2)).map(\.sku) == ["c"])
        #expect(try await database.exists(ProductRow.where { $0.sku == "a" }))
        #expect(try await !database.exists(ProductRow.where { $0.sku == "z" }))
    }

    @Test func rowsOfTwoModelsAreJoined() async throws {
        let database = try await open()
        try await database.insert([product("a", 100, stock: 2), product("c", 300, category: "toys")])
        let pairs = try await database.fetch(
            ProductRow.all.join(CategoryRow.self) { $0.category == $1.name }.where { $1.name == "toys" }.order { product, _ in product.sku }
        )
        #expect(pairs.map(\.0.sku) == ["c"] && pairs.map(\.1.name) == ["toys"])
        let sums = try await database.fetch(
            CategoryRow.all.join(ProductRow.self) { $0.name == $1.category }.group { category, _ in category.name }
                .order { category, _ in category.name }.select { ($0.name, $1.stock.sum) })
        #expect(sums.map { "\($0.0) \($0.1)" } == ["tools 2", "toys 0"])
        let three = ProductRow.all.join(CategoryRow.self) { $0.category == $1.name }
            .join(ProductRow.self) { first, category, second in
                second.category == category.name && second.id != first.id
            }
        #expect(try await database.fetch(three).isEmpty)
    }

    @Test func rowsComeWithThoseThatReferToThem() async throws {
        let database = try await open()
        try await database.insert([product("a"), product("b"), product("c", category: "toys")])
        try await database.insert(CategoryRow(name: "none"))
        let families = try await database.fetch(
            CategoryRow.all.order { $0.name }.including(ProductRow.all.order { $0.sku.descending }) { $0.category })
        #expect(families.map { "\($0.0.name) \($0.1.map(\.sku))" } == ["none []", #"tools ["b", "a"]"#, #"toys ["c"]"#])
    }

    @Test(arguments: [1, 2, 3, 7])
    func pagesCoverEverythingOnce(_ size: Int) async throws {
        let database = try await open()
        try await database.insert((0..<7).map { product("\($0)", 100 * ($0 / 3), category: $0 % 2 == 0 ? "tools" : "toys") })
        let limit = try #require(PageLimit(parameter: "\(size)"))
        func walk(_ query: Query<ProductRow>) async throws -> [String] {
            var skus: [String] = [], cursor: PageCursor?
            repeat {
                let page = try await database.fetch(query.page(limit, after: cursor))
                #expect(page.rows.count == size || page.next == nil)
                skus += page.rows.map(\.sku)
                cursor = try page.next.map { try #require(PageCursor(parameter: $0.parameter)) }
            } while cursor != nil
            return skus
        }
        #expect(try await walk(ProductRow.all.order { $0.sku.descending }) == ["6", "5", "4", "3", "2", "1", "0"])
        #expect(try await Set(walk(ProductRow.all)).count == 7)
        #expect(try await walk(ProductRow.all.order { ($0.price.amount, $0.sku) }) == ["0", "1", "2", "3", "4", "5", "6"])
        #expect(try await walk(ProductRow.all.order { ($0.price.amount.descending, $0.sku) }) == ["6", "3", "4", "5", "0", "1", "2"])
        #expect(try await walk(ProductRow.where { $0.category == "toys" }.order { $0.addedAt }).sorted() == ["1", "3", "5"])
    }

    @Test func aCursorOfAnotherListIsRefused() async throws {
        let database = try await open()
        for key in ["", "a", "[]", #"["a"]"#, #"["a","b","c"]"#, #"[1,2]"#, #"["x","00000000-0000-0000-0000-000000000000"]"#] {
            let refused = await #expect(throws: Problem.self) {
                try await database.fetch(ProductRow.all.order { $0.stock }.page(after: PageCursor(after: key)))
            }
            #expect(refused?.status == .unprocessable)
        }
        await #expect(throws: DatabaseError.self) { try await database.fetch(ProductRow.all.order { $0.note }.page()) }
    }

    @Test func changesHaveConditions() async throws {
        let database = try await open()
        let row = product("a", stock: 3)
        try await database.insert(row)
        let take = ProductRow.where { $0.id == row.id && $0.stock >= 2 }.update { $0.stock -= 2 }
        #expect(try await database.run(take) == 1)
        #expect(try await database.run(take) == 0)
        #expect(try await database.find(ProductRow.self, row.id)?.stock == 1)
        // A change also counts as one for those who have read the row.
        #expect(try await database.find(ProductRow.self, row.id)?.version == 1)
        let changed = try await database.run(
            ProductRow.with(row.id).update {
                $0.price.set(Price(amount: 5, currency: "USD"))
                $0.note.set("n")
                $0.size.set(Size(width: 1, height: 2))
                $0.name = $0.sku
            }.returningRows())
        #expect(changed.map(\.price) == [Price(amount: 5, currency: "USD")] && changed[0].name == "a")
        #expect(changed[0].size == Size(width: 1, height: 2) && changed[0].note == "n")
        let notes: [String?] = try await database.run(ProductRow.with(row.id).update { $0.note.set(nil) }.returning { $0.note })
        #expect(notes == [nil])
        #expect(try await database.run(ProductRow.all.update { _ in }) == 0)
        #expect(try await database.run(ProductRow.where { $0.sku == "z" }.delete()) == 0)
        #expect(try await database.delete(row))
        #expect(try await database.count(ProductRow.all) == 0)
    }

    @Test func anOldCopyIsNotWritten() async throws {
        let database = try await open()
        let row = product("a")
        try await database.insert(row)
        var first = row, second = row
        first.stock = 5
        let stored = try await database.update(first)
        #expect(stored.stock == 5 && stored.version == 1)
        second.stock = 7
        let refused = await #expect(throws: Problem.self) { try await database.update(second) }
        #expect(refused?.status == .conflict)
        #expect(try await database.find(ProductRow.self, row.id)?.stock == 5)
        try await database.update(stored)
    }

    @Test func insertionsFollowTheRuleForConflicts() async throws {
        let database = try await open()
        let row = product("a", stock: 1)
        try await database.insert(row)
        var other = row
        other.stock = 10
        other.name = "Other"
        await #expect { try await database.insert(other) } throws: { ($0 as? DatabaseError)?.code == .uniqueViolation }
        #expect(try await !database.insert(other, onConflict: .ignore))
        #expect(try await database.insert(other, onConflict: .replace { $0.stock }))
        let half = try await database.find(ProductRow.self, row.id)
        #expect(half?.stock == 10 && half?.name == "Product a")
        try await database.insert(other, onConflict: .update { $0.stock += $1.stock })
        #expect(try await database.find(ProductRow.self, row.id)?.stock == 20)
        #expect(try await !database.insert(other, onConflict: .replace { $0.stock }.where { $0.stock < $1.stock }))
        var same = product("a", stock: 4)
        same.name = "Third"
        try await database.insert(same, onConflict: .replace { ($0.stock, $0.price) }.on { $0.sku })
        #expect(try await database.find(ProductRow.self, row.id)?.stock == 4)
        try await database.insert(other, onConflict: .replaceRow)
        #expect(try await database.find(ProductRow.self, row.id)?.name == "Other")
    }

    @Test(arguments: [0, 1, 3, 255, 256, 257, 700])
    func manyRowsAreInsertedInOrder(_ count: Int) async throws {
        let database = try await open()
        let rows = (0..<count).map { product("\($0)", stock: $0) }
        #expect(try await database.insert(rows, returning: { $0.stock }) == Array(0..<count))
        #expect(try await database.count(ProductRow.all) == count)
    }

    @Test func ofManyRowsAllAreInsertedOrNone() async throws {
        let database = try await open()
        let rows = (0..<600).map { product("\($0)") } + [product("0")]
        await #expect(throws: DatabaseError.self) { try await database.insert(rows) }
        #expect(try await database.count(ProductRow.all) == 0)
    }

    @Test func aBatchTakesEffectAsAWhole() async throws {
        let database = try await open()
        let row = product("a", stock: 5)
        var batch = Batch()
        batch.insert(row)
        batch.insert((0..<300).map { product("\($0)") })
        batch.run(ProductRow.with(row.id).update { $0.stock -= 2 })
        batch.execute("UPDATE products SET note = \("x") WHERE sku = \("a")")
        #expect(try await database.run(batch) == [1, 300, 1, 1])
        let stored = try await database.find(ProductRow.self, row.id)
        #expect(stored?.stock == 3 && stored?.note == "x")
        var failing = Batch()
        failing.run(ProductRow.all.delete())
        failing.insert(CategoryRow(name: "tools"))
        await #expect(throws: DatabaseError.self) { try await database.run(failing) }
        #expect(try await database.count(ProductRow.all) == 301)
        #expect(try await database.run(Batch()) == [])
        #expect(try await database.count(ProductRow.all.limit(7)) == 7)
        #expect(try await database.count(ProductRow.all.group { $0.category }) == 1)
    }

    @Test func handWrittenSQLIsTypedToo() async throws {
        let database = try await open()
        try await database.insert([product("a", stock: 1), product("b", stock: 2)])
        let rows = try await database.fetch(
            ProductRow.self, "SELECT \(columns: ProductRow.self) FROM \(table: ProductRow.self) WHERE stock > \(1)")
        #expect(rows.map(\.sku) == ["b"])
        let pairs = try await database.fetch((String.self, Int?.self), "SELECT sku, stock FROM products ORDER BY sku")
        #expect(pairs.map(\.0) == ["a", "b"] && pairs.map(\.1) == [1, 2])
        await #expect { try await database.fetch((Int.self, Int.self), "SELECT sku, stock FROM products") } throws: {
            "\($0)".contains("the column sku has no value of the type Int")
        }
    }

    @Test func aValueOfANewerVersionIsNamed() async throws {
        let database = try await open()
        let row = product("a")
        try await database.insert(row)
        try await database.execute("UPDATE products SET grade = 'divine'")
        await #expect {
            try await database.find(ProductRow.self, row.id)
        } throws: {
            ($0 as? DatabaseError)?.code == .unknownValue && "\($0)".contains("the column grade has the value divine")
        }
    }
}
