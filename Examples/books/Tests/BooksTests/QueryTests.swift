import Foundation
import RoostSystem
import RoostSystemTesting
import Testing

@testable import books

/// The queries and changes of the guide to data.
@Suite(.timeLimit(.minutes(5))) struct QueryTests {
    private let emma = BookRow(isbn: "9780141439587", title: "Emma", author: "Austen", price: Price(amount: 700), copies: 2)
    private let persuasion = BookRow(
        isbn: "9780141439518", title: "Persuasion", author: "Austen", price: Price(amount: 900), tags: ["sea"])
    private let middlemarch = BookRow(isbn: "9780141439556", title: "Middlemarch", author: "Eliot", price: Price(amount: 1200))

    /// Runs a test with a database that has three books.
    private func withLibrary(_ test: (Database) async throws -> Void) async throws {
        let folder = try TemporaryFolder()
        defer { withExtendedLifetime(folder) {} }
        let database = try await TestDatabases(in: folder).open("books", migrations: try BooksService().database.migrations)
        try await database.insert([emma, persuasion, middlemarch])
        try await test(database)
        await database.close()
    }

    @Test func rowsAreRead() async throws {
        try await withLibrary { database in
            let cheap = BookRow.where { $0.price.amount < 1000 && $0.note == nil }.order { ($0.author, $0.title.descending) }
            let books = try await database.fetch(cheap)
            #expect(books.map(\.title) == ["Persuasion", "Emma"])
            let found = try await database.find(BookRow.self, emma.id)
            #expect(found == emma)
            let first = try await database.first(BookRow.where { $0.title.contains("march") })
            #expect(first?.author == "Eliot")
            let author: String? = "Austen"
            let number = try await database.count(BookRow.all.where(author) { $0.author == $1 })
            #expect(number == 2)
            let isLent = try await database.exists(LoanRow.where { $0.book == emma.id })
            #expect(!isLent)
            let authors = try await database.fetch(BookRow.all.select { $0.author }.distinct())
            #expect(authors.sorted() == ["Austen", "Eliot"])
            let queries = ["Austen", "Eliot"].map { author in BookRow.where { $0.author == author } }
            let shelves = try await database.fetch(queries)
            #expect(shelves.map(\.count) == [2, 1])
        }
    }

    @Test func longListsAreReadInPortions() async throws {
        try await withLibrary { database in
            let page = try await database.fetch(BookRow.all.order { $0.title }.page())
            #expect(page.rows.count == 3 && page.next == nil)
            var titles: [String] = []
            for try await book in database.stream(BookRow.all.order { $0.title }) { titles.append(book.title) }
            #expect(titles == ["Emma", "Middlemarch", "Persuasion"])
        }
    }

    @Test func modelsAreReadTogether() async throws {
        try await withLibrary { database in
            try await database.insert(LoanRow(book: emma.id, reader: "Ada"))
            let pairs = try await database.fetch(LoanRow.all.join(BookRow.self) { $0.book == $1.id })
            #expect(pairs.map { "\($0.reader) \($1.title)" } == ["Ada Emma"])
            let loans = try await database.fetch(BookRow.all.order { $0.title }.including(LoanRow.all) { $0.book })
            #expect(loans.map { "\($0.title) \($1.count)" } == ["Emma 1", "Middlemarch 0", "Persuasion 0"])
            let unread = BookRow.where { book in !.exists(LoanRow.where { $0.book == book.id }) }
            #expect(try await database.count(unread) == 2)
            let authors = try await database.fetch(
                BookRow.all.group { $0.author }.order { $0.author }.select { ($0.author, $0.copies.sum, $0.price.amount.max) })
            #expect(authors.map { "\($0) \($1) \($2 ?? 0)" } == ["Austen 3 900", "Eliot 1 1200"])
        }
    }

    @Test func aShelfHasBooksAndABookShelves() async throws {
        try await withLibrary { database in
            try await database.insert(ShelfRow(name: "classics"))
            try await database.insert([emma, middlemarch].map { PlacementRow(shelf: "classics", book: $0.id) })
            let classics = BookRow.where { book in .exists(PlacementRow.where { $0.shelf == "classics" && $0.book == book.id }) }
            let titles = try await database.fetch(classics.order { $0.title }).map(\.title)
            #expect(titles == ["Emma", "Middlemarch"])
        }
    }

    @Test func rowsAreChanged() async throws {
        try await withLibrary { database in
            var book = try #require(try await database.find(BookRow.self, emma.id))
            book.note = "A gift"
            book = try await database.update(book)
            #expect(book.version == 1)
            await #expect(performing: { try await database.update(emma) }, throws: refused(with: .conflict))

            let change = BookRow.where { $0.author == "Austen" }.update { $0.copies += 1 }
            let copies = try await database.run(change.returning { ($0.title, $0.copies) })
            #expect(copies.map { "\($0) \($1)" }.sorted() == ["Emma 3", "Persuasion 2"])

            var batch = Batch()
            batch.run(BookRow.with(emma.id).update { $0.note.set("Sold") })
            batch.run(BookRow.with(middlemarch.id).delete())
            #expect(try await database.run(batch) == [1, 1])
            #expect(try await database.count(BookRow.all) == 2)
        }
    }

    @Test func aRowExistsAlready() async throws {
        try await withLibrary { database in
            let again = BookRow(isbn: emma.isbn, title: "Emma (2nd)", author: "Austen", price: Price(amount: 800))
            let isAdded = try await database.insert(again, onConflict: .ignore.on { $0.isbn })
            #expect(!isAdded)
            try await database.insert(again, onConflict: .replace { ($0.title, $0.price) }.on { $0.isbn })
            let rows = try await database.fetch(BookRow.self, "SELECT \(columns: BookRow.self) FROM books WHERE isbn = \(emma.isbn)")
            #expect(rows.map(\.title) == ["Emma (2nd)"] && rows.map(\.copies) == [2])
            try await database.insert(again, onConflict: .update { $0.copies += $1.copies }.on { $0.isbn })
            let sum = try await database.find(BookRow.self, emma.id)
            #expect(sum?.copies == 3)
            await #expect(performing: { try await database.insert(again) }, throws: { ($0 as? DatabaseError)?.code == .uniqueViolation })
            let unlikely = BookRow(isbn: "1", title: "", author: "", price: Price(amount: 0))
            await #expect(performing: { try await database.insert(unlikely) }, throws: { ($0 as? DatabaseError)?.code == .checkViolation })
        }
    }

    @Test func deletedRowsAreKept() async throws {
        try await withLibrary { database in
            let loan = LoanRow(book: emma.id, reader: "Ada")
            try await database.insert(loan)
            try await database.delete(loan)
            #expect(try await database.count(LoanRow.all) == 0)
            let history = try await database.fetch(LoanRow.where { $0.reader == "Ada" }.includingDeleted())
            #expect(history.map(\.id) == [loan.id])
            try await database.run(LoanRow.where { $0.deletedAt != nil }.includingDeleted().delete(permanently: true))
            #expect(try await database.count(LoanRow.all.includingDeleted()) == 0)
        }
    }
}
