import Roost
import RoostData

/// What is read and written for each request. Keys are chosen at random.
@Service
struct Shelves {
    let database: Database

    @Get("/row") func row() async throws -> World { try await world(.random(in: 1...10_000)) }

    /// A statement for each row, all at once.
    @Get("/rows") func rows(count: Int) async throws -> [World] {
        let found = try await database.fetch(Self.keys(count).map { WorldRow.with($0) })
        return found.compactMap { $0.first.map { World(id: $0.id, number: $0.number) } }
    }

    @Get("/updates") func updates(count: Int) async throws -> [World] {
        let worlds = try await rows(count: count).map { World(id: $0.id, number: .random(in: 1...10_000)) }
        let statement = Statement(
            """
            UPDATE world SET number = new.number
            FROM (SELECT * FROM unnest($1::int[], $2::int[]) AS t (id, number) ORDER BY id) AS new WHERE world.id = new.id
            """, [.array(worlds.map(\.id.sql)), .array(worlds.map(\.number.sql))])
        _ = try await database.change(statement) { _ in }
        return worlds
    }

    @Get("/fortunes") func fortunes() async throws -> Response {
        var fortunes = try await database.fetch(FortuneRow.all)
        fortunes.append(FortuneRow(id: 0, message: "Additional fortune added at request time."))
        fortunes.sort { $0.message < $1.message }
        return Response(headers: ["content-type": "text/html; charset=utf-8"], body: .bytes(FortunePage.html(of: fortunes)))
    }

    @Get("/products") func products(category: String, limit: PageLimit, after: PageCursor?) async throws -> Page<Product> {
        let query = ProductRow.where { $0.category == category && $0.stock > 0 }.order { $0.price.amount.descending }
        return try await database.fetch(query.page(limit, after: after)).map(Product.init)
    }

    @Get("/orders") func orders(count: Int) async throws -> [Order] {
        let account = Int.random(in: 1...200)
        let query = OrderRow.where { $0.account == account }.order { $0.placedAt.descending }.limit(min(count, 500))
        let found = try await database.fetch(query.including(LineRow.all.order { $0.position }) { $0.orderId })
        return found.map { Order($0.0, $0.1) }
    }

    private func world(_ key: Int) async throws -> World {
        guard let row = try await database.find(WorldRow.self, key) else { throw Problem(.notFound, "There is no such row.") }
        return World(id: row.id, number: row.number)
    }

    /// Distinct keys in their order.
    private static func keys(_ count: Int) -> [Int] {
        var keys: Set<Int> = []
        while keys.count < min(max(count, 1), 500) { keys.insert(.random(in: 1...10_000)) }
        return keys.sorted()
    }
}
