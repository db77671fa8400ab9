import AccountsTesting
import Catalog
import CatalogAPI
import Foundation
import Money
import Roost
import RoostSystemTesting
import Testing

@Suite struct CatalogTests {
    private let accounts = TestAccounts()

    @Test func theFirstStartSeedsSixtyProductsOnce() async throws {
        let folder = try TemporaryFolder()
        for _ in 0..<2 {
            try await run(in: folder) { system in
                let products = try await all(of: system)
                #expect(products.count == 60)
                #expect(Set(products.map(\.category)).count == 6)
            }
        }
    }

    @Test func aListComesInPages() async throws {
        try await run { system in
            let catalog = try await system.client(CatalogAPIContract.self)
            let first = try await catalog.products(query: nil, category: nil, limit: nil, cursor: nil)
            #expect(first.items.count == 20)
            let skus = try await all(of: system).map(\.sku)
            #expect(skus == skus.sorted() && Set(skus).count == 60)
            let client = try await system.client(of: "catalog")
            for query in ["limit=0", "limit=101", "limit=x", "cursor=%20"] {
                #expect(try await client.send(.get, "/products?\(query)").status == 422)
            }
        }
    }

    @Test func aSearchFindsWordsAnywhereAndTakesThemAsTheyAre() async throws {
        try await run { system in
            let admin = try await administrator(of: system)
            for (sku, name) in [("X-1", "Pure 100% wool"), ("X-2", "Pure 1000 wool"), ("X-3", "snake_case mug"), ("X-4", "snakeXcase mug")]
            {
                _ = try await admin.put(sku: sku, details(name))
            }
            let found: [(String, [String])] = [
                ("100%", ["X-1"]), ("snake_case", ["X-3"]), ("WOOL pure", ["X-1", "X-2"]), ("\\", []), ("mug wool", []),
            ]
            for (query, skus) in found {
                let page = try await admin.products(query: query, category: "test", limit: nil, cursor: nil)
                #expect(page.items.map(\.sku) == skus, "\(query)")
            }
            #expect(try await admin.products(query: nil, category: "none", limit: nil, cursor: nil).items.isEmpty)
        }
    }

    @Test func aSearchKnowsNeitherCaseNorNormalization() async throws {
        try await run { system in
            let admin = try await administrator(of: system)
            let names = ["CAFÉ", "cafe\u{301}", "Große ΣΊΣΥΦΟΣ", "ﬁne ＴＥＡ", "a%\u{301}b_\u{301}", "İstanbul"]
            for (index, name) in names.enumerated() { _ = try await admin.put(sku: "X-\(index)", details(name)) }
            let found: [(String, [String])] = [
                ("café", ["X-0", "X-1"]), ("CAFÉ", ["X-0", "X-1"]), ("Cafe\u{301}", ["X-0", "X-1"]), ("CAFE\u{301}", ["X-0", "X-1"]),
                ("GROSSE σίσυφος", ["X-2"]), ("große", ["X-2"]), ("FINE tea", ["X-3"]), ("%\u{301}", ["X-4"]), ("_\u{301}", ["X-4"]),
                ("a_\u{301}b", []), ("x%\u{301}y", []), ("i\u{307}stanbul", ["X-5"]), ("\u{AD}ca\u{AD}fé", ["X-0", "X-1"]),
            ]
            for (query, skus) in found {
                let page = try await admin.products(query: query, category: "test", limit: nil, cursor: nil)
                #expect(page.items.map(\.sku) == skus, "\(query)")
            }
        }
    }

    @Test func whatASearchCannotTakeIsRefused() async throws {
        try await run { system in
            let client = try await system.client(of: "catalog")
            let words = Array(repeating: "a", count: 17).joined(separator: "+"), long = String(repeating: "a", count: 201)
            for query in [
                "query=%FF", "query=a%00b", "query=%", "category=%C3", "category=a&category=b", "query=\(words)", "query=\(long)", "limit=",
            ] {
                let response = try await client.send(.get, "/products?\(query)")
                #expect(response.status == 422 && response.problem.errors.count == 1, "\(query)")
            }
            #expect(try await client.send(.get, "/products?query=").decode(as: Page<Product>.self).items.count == 20)
            #expect(try await client.send(.get, "/products?category=").decode(as: Page<Product>.self).items.isEmpty)
        }
    }

    @Test(arguments: ["TEA-0001%00x", "%00", "cafe%CC%81", "%E2%84%AA", "%20", "a%0D%0Ab", "%E2%80%AEa", "."])
    func aProductNumberIsAnIdentifier(sku: String) async throws {
        try await run { system in
            let client = try await system.client(of: "catalog", as: .bearer(accounts.token(roles: ["admin"])))
            #expect(try await client.send(.get, "/products/\(sku)").status == 422)
            let body = JSON.text(details("A mug"))
            let response = try await client.send(.put, "/products/\(sku)", json: body)
            #expect(response.status == 422 && response.problem.errors.map(\.pointer) == ["/sku"])
        }
    }

    @Test func aNameIsALineAndACategoryAnIdentifier() async throws {
        try await run { system in
            let client = try await system.client(of: "catalog", as: .bearer(accounts.token(roles: ["admin"])))
            var product = details(" ")
            product.category = "cafe\u{301}"
            product.description = "a\0b"
            let response = try await client.send(.put, "/products/X", json: JSON.text(product))
            #expect(response.status == 422)
            #expect(response.problem.errors.map(\.pointer) == ["/name", "/description", "/category"])
            product = details("Two\u{301}")
            product.category = "caf\u{E9}"
            #expect(try await client.send(.put, "/products/X", json: JSON.text(product)).status == 200)
            for category in ["caf%C3%A9", "cafe%CC%81"] {
                let page = try await client.send(.get, "/products?category=\(category)").decode(as: Page<Product>.self)
                #expect(page.items.map(\.sku) == ["X"])
            }
        }
    }

    @Test func onlyAdministratorsChangeTheCatalog() async throws {
        try await run { system in
            let token = try await accounts.token()
            let body = String(decoding: JSON.encode(details("A mug")), as: UTF8.self)
            for (identity, status) in [(TestIdentity.anyone, Status.unauthorized), (.bearer(token), .forbidden)] {
                let client = try await system.client(of: "catalog", as: identity)
                #expect(try await client.send(.put, "/products/X-1", json: body).status == status)
                #expect(try await client.send(.patch, "/products/TEA-0001/stock", json: #"{"delta":1}"#).status == status)
                #expect(try await client.send(.put, "/reservations/\(UUID.v7().text)", json: #"{"items":[]}"#).status == .forbidden)
                #expect(try await client.send(.post, "/products/lookup", json: "[]").status == .forbidden)
            }
            #expect(try await all(of: system).count == 60)
        }
    }

    @Test func aProductIsAddedAndChangedAndKeepsItsStock() async throws {
        try await run { system in
            let admin = try await administrator(of: system)
            #expect(try await admin.put(sku: "A/B 1", details("A mug", stock: 7)).stock == 7)
            #expect(try await admin.put(sku: "A/B 1", details("A better mug")).stock == 7)
            #expect(try await admin.product(sku: "A/B 1").name == "A better mug")
            #expect(try await admin.put(sku: "A/B 1", details("A better mug", stock: 2)).stock == 2)
            await #expect(performing: { try await admin.product(sku: "none") }, throws: refused(with: .notFound))
            await #expect(performing: { try await admin.put(sku: "X", details("", stock: -1)) }, throws: refused(with: .unprocessable))
        }
    }

    @Test(arguments: ["eur", "EURO", "ABC", "", "HRK", "\u{212A}WD"]) func aPriceIsInACurrency(code: String) async throws {
        try await run { system in
            let client = try await system.client(of: "catalog", as: .bearer(accounts.token(roles: ["admin"])))
            let body = String(decoding: JSON.encode(details("A mug")), as: UTF8.self).replacing("EUR", with: code)
            let response = try await client.send(.put, "/products/X-1", json: body)
            #expect(response.status == .unprocessable && response.problem.errors.map(\.pointer) == ["/price/currency"])
            #expect(try await client.send(.get, "/products/X-1").status == .notFound)
        }
    }

    @Test func stockNeverFallsBelowNothing() async throws {
        try await run { system in
            let admin = try await administrator(of: system)
            _ = try await admin.put(sku: "X", details("A mug", stock: 5))
            #expect(try await admin.changeStock(sku: "X", StockChange(delta: -5)).stock == 0)
            await #expect(performing: { try await admin.changeStock(sku: "X", StockChange(delta: -1)) }, throws: refused(with: .conflict))
            #expect(try await admin.changeStock(sku: "X", StockChange(delta: 3)).stock == 3)
            await #expect(performing: { try await admin.changeStock(sku: "Y", StockChange(delta: 1)) }, throws: refused(with: .notFound))
        }
    }

    // MARK: Helpers

    private func run(in folder: TemporaryFolder? = nil, _ test: (TestSystem) async throws -> Void) async throws {
        try await TestSystem.run(in: folder) {
            accounts
            CatalogService()
        } test: {
            try await test($0)
        }
    }

    private func administrator(of system: TestSystem) async throws -> any CatalogAPI {
        try await system.client(CatalogAPIContract.self, as: .bearer(accounts.token(roles: ["admin"])))
    }

    private func all(of system: TestSystem) async throws -> [Product] {
        let catalog = try await system.client(CatalogAPIContract.self)
        var products: [Product] = [], cursor: PageCursor?
        repeat {
            let page = try await catalog.products(query: nil, category: nil, limit: PageLimit(parameter: "7"), cursor: cursor)
            products += page.items
            cursor = page.next.flatMap(PageCursor.init(parameter:))
        } while cursor != nil
        return products
    }

    private func details(_ name: String, stock: Int? = nil) -> ProductDetails {
        ProductDetails(name: name, description: "", category: "test", price: .euros(cents: 500), stock: stock, imageUrl: "/x.svg")
    }
}
