import RoostSystem
import RoostSystemTesting
import Testing

@testable import books

@Test func aLibraryLendsItsBooks() async throws {
    try await TestSystem.run {
        BooksService()
    } test: { system in
        let books = try await system.client(BooksAPIContract.self)

        let emma = try await books.add(Book(isbn: "9780141439587", title: "Emma", author: "Austen", price: 700))
        _ = try await books.add(Book(isbn: "9780141439556", title: "Middlemarch", author: "Eliot", price: 1200))
        await #expect(performing: { try await books.add(emma) }, throws: refused(with: .conflict))

        let loan = try await books.lend(isbn: emma.isbn, NewLoan(reader: "Ada"))
        await #expect(performing: { try await books.lend(isbn: emma.isbn, NewLoan(reader: "Ben")) }, throws: refused(with: .conflict))
        await #expect(performing: { try await books.lend(isbn: "0", NewLoan(reader: "Ben")) }, throws: refused(with: .notFound))
        try await books.giveBack(id: loan.id)
        await #expect(performing: { try await books.giveBack(id: loan.id) }, throws: refused(with: .notFound))

        let first = try await books.list(author: nil, limit: PageLimit(parameter: "1"), cursor: nil)
        #expect(first.items == [emma])
        let second = try await books.list(author: nil, limit: nil, cursor: first.next.flatMap { PageCursor(parameter: $0) })
        #expect(second.items.map(\.title) == ["Middlemarch"] && second.next == nil)
        let austen = try await books.list(author: "Austen", limit: nil, cursor: nil)
        #expect(austen.items == [emma])
    }
}
