import Foundation
import RoostSystem

@Schema struct Book: Equatable {
    @Check(.pattern("^[0-9]{13}$")) var isbn: String
    @Check(.line(1...200)) var title: String
    @Check(.line(1...100)) var author: String
    /// The price in cents.
    @Check(.range(0...1_000_000)) var price: Int
    @Check(.range(0...1000)) var copies = 1
}

@Schema struct Loan: Equatable {
    var id: UUID
    var isbn: String
    var reader: String
}

@Schema struct NewLoan {
    @Check(.line(1...40)) var reader: String
}

@Contract("books") protocol BooksAPI: Sendable {
    /// Adds a book.
    @Post("/books", status: .created, problems: [.conflict]) func add(_ book: Book) async throws -> Book
    /// Returns the books, optionally those of one author, sorted by title.
    @Get("/books") func list(author: String?, limit: PageLimit?, cursor: PageCursor?) async throws -> Page<Book>
    /// Lends a copy of a book.
    @Post("/books/{isbn}/loans", status: .created, problems: [.notFound, .conflict])
    func lend(isbn: String, _ loan: NewLoan) async throws -> Loan
    /// Takes a copy back.
    @Delete("/loans/{id}", problems: [.notFound]) func giveBack(id: UUID) async throws
}
