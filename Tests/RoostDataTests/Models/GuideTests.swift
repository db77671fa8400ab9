import Foundation
import Roost
import RoostData
import RoostSQLite
import RoostTesting
import Testing

@Model("books", indexes: [["author", "title"]])
struct BookRow: Equatable {
    @Key var id: UUID = .v7()
    @Unique @Check(.length(13...13)) var isbn: String
    var title: String
    var author: String
    var price: Price
    var copies = 1
    var note: String?
    @JSON var tags: [String] = []
    @Version var version = 0
}

@Model("loans")
struct LoanRow {
    @Key var id: UUID = .v7()
    @References(BookRow.self, onDelete: .cascade) var book: BookRow.ID
    @Indexed var reader: String
    @UpdatedAt var updatedAt: Date = .now
    @DeletedAt var returnedAt: Date?
}

/// What the guide to data says.
@Suite(.timeLimit(.minutes(1))) final class GuideTests {
    private let directory: TemporaryFolder

    init() throws { directory = try TemporaryFolder() }

    private let tables = Migration(
        "0001_books",
        """
        CREATE TABLE books (
            id TEXT PRIMARY KEY, isbn TEXT NOT NULL UNIQUE, title TEXT NOT NULL, author TEXT NOT NULL, price_amount BIGINT NOT NULL,
            price_currency TEXT NOT NULL, copies BIGINT NOT NULL, note TEXT, tags TEXT NOT NULL, version BIGINT NOT NULL
        );
        CREATE TABLE loans (
            id TEXT PRIMARY KEY, book TEXT NOT NULL REFERENCES books ON DELETE CASCADE, reader TEXT NOT NULL, updated_at BIGINT NOT NULL,
            returned_at BIGINT
        );
        """)

    private func lend(_ id: BookRow.ID, to reader: String, in database: Database) async throws {
        try await database.transaction { transaction in
            let taken = try await transaction.run(BookRow.where { $0.id == id && $0.copies > 0 }.update { $0.copies -= 1 })
            guard taken == 1 else { throw Problem(.conflict, "There is no copy of the book.") }
            try await transaction.insert(LoanRow(book: id, reader: reader))
        }
    }

    @Test func aLibrary() async throws {
        let url = directory.databaseURL()
        let database = try await Database.open(url, migrations: [tables])
        let emma = BookRow(isbn: "9780141439587", title: "Emma", author: "Austen", price: Price(amount: 700), copies: 2)
        try await database.insert(emma)
        let books = [
            BookRow(isbn: "9780141439518", title: "Persuasion", author: "Austen", price: Price(amount: 900), tags: ["sea"]),
            BookRow(isbn: "9780141439556", title: "Middlemarch", author: "Eliot", price: Price(amount: 1200)),
        ]
        try await database.insert(books)

        let cheap = BookRow.where { $0.price.amount < 1000 && $0.note == nil }.order { ($0.author, $0.title.descending) }
        #expect(try await database.fetch(cheap).map(\.title) == ["Persuasion", "Emma"])
        let found = try await database.find(BookRow.self, emma.id)
        #expect(found == emma)
        let first = try await database.first(BookRow.where { $0.title.contains("march") })
        #expect(first?.author == "Eliot")
        let author: String? = "Austen"
        #expect(try await database.count(BookRow.all.where(author) { $0.author == $1 }) == 2)

        try await lend(emma.id, to: "Ada", in: database)
        try await lend(emma.id, to: "Ben", in: database)
        await #expect(throws: Problem.self) { try await lend(emma.id, to: "Cid", in: database) }

        var changed = try #require(try await database.find(BookRow.self, emma.id))
        changed.note = "A gift"
        changed = try await database.update(changed)
        #expect(changed.version == 3)
        try await database.run(LoanRow.where { $0.reader == "Ben" }.delete())

        let pairs = try await database.fetch(LoanRow.all.join(BookRow.self) { $0.book == $1.id })
        #expect(pairs.map { "\($0.reader) \($1.title)" } == ["Ada Emma"])
        let shelves = try await database.fetch(BookRow.all.order { $0.title }.including(LoanRow.all) { $0.book })
        #expect(shelves.map { "\($0.title) \($1.count)" } == ["Emma 1", "Middlemarch 0", "Persuasion 0"])
        let unread = BookRow.where { book in !.exists(LoanRow.where { $0.book == book.id }) }
        #expect(try await database.count(unread) == 2)
        let authors = try await database.fetch(BookRow.all.group { $0.author }.order { $0.author }.select { ($0.author, $0.copies.sum) })
        #expect(authors.map { "\($0) \($1)" } == ["Austen 1", "Eliot 1"])

        let page = try await database.fetch(BookRow.all.order { $0.title }.page())
        #expect(page.rows.count == 3 && page.next == nil)
        var titles: [String] = []
        for try await book in database.stream(BookRow.all.order { $0.title }) { titles.append(book.title) }
        #expect(titles == ["Emma", "Middlemarch", "Persuasion"])

        let again = BookRow(isbn: emma.isbn, title: "Emma (2nd)", author: "Austen", price: Price(amount: 800))
        try await database.insert(again, onConflict: .replace { ($0.title, $0.price) }.on { $0.isbn })
        let rows = try await database.fetch(BookRow.self, "SELECT \(columns: BookRow.self) FROM books WHERE isbn = \(emma.isbn)")
        #expect(rows.map(\.title) == ["Emma (2nd)"])
    }
}
