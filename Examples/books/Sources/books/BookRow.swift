import Foundation
import RoostSystem

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

@ColumnGroup
struct Price: Hashable {
    var amount: Int
    var currency = "EUR"
}
