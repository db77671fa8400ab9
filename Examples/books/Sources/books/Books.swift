import Foundation
import RoostSystem

@Service(BooksAPI.self) struct Books: BooksAPI {
    let database: Database

    func add(_ book: Book) async throws -> Book {
        let price = Price(amount: book.price)
        let row = BookRow(isbn: book.isbn, title: book.title, author: book.author, price: price, copies: book.copies)
        do {
            try await database.insert(row)
        } catch let error as DatabaseError where error.code == .uniqueViolation {
            throw Problem(.conflict, "There is a book with this ISBN already.")
        }
        return row.book
    }

    func list(author: String?, limit: PageLimit?, cursor: PageCursor?) async throws -> Page<Book> {
        let books = BookRow.all.where(author) { $0.author == $1 }.order { $0.title }
        return try await database.fetch(books.page(limit ?? .default, after: cursor)).map(\.book)
    }

    func lend(isbn: String, _ loan: NewLoan) async throws -> Loan {
        guard let book = try await database.first(BookRow.where { $0.isbn == isbn }) else {
            throw Problem(.notFound, "There is no such book.")
        }
        let row = LoanRow(book: book.id, reader: loan.reader)
        try await database.transaction { transaction in
            let taken = try await transaction.run(BookRow.where { $0.id == book.id && $0.copies > 0 }.update { $0.copies -= 1 })
            guard taken == 1 else { throw Problem(.conflict, "All copies of the book are lent.") }
            try await transaction.insert(row)
        }
        return Loan(id: row.id, isbn: isbn, reader: row.reader)
    }

    func giveBack(id: UUID) async throws {
        try await database.transaction { transaction in
            guard let loan = try await transaction.find(LoanRow.self, id), try await transaction.delete(loan) else {
                throw Problem(.notFound, "There is no such loan.")
            }
            try await transaction.run(BookRow.with(loan.book).update { $0.copies += 1 })
        }
    }
}

extension BookRow {
    /// The book as readers see it.
    var book: Book { Book(isbn: isbn, title: title, author: author, price: price.amount, copies: copies) }
}

struct BooksService: ServiceDefinition {
    let name = "books"
    let database = DatabaseDefinition(.module, models: [BookRow.self, LoanRow.self, ShelfRow.self, PlacementRow.self])

    func assemble(on host: ServiceHost) async throws -> Books { Books(database: try await host.database()) }
}
