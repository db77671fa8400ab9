import AccountsTesting
import Catalog
import CatalogAPI
import Foundation
import Roost
import RoostData
import RoostSQLite
import RoostSystemTesting
import Testing

@Suite struct ReservationTests {
    private static let sku = "TEA-0001", other = "TEA-0002"

    @Test func allOfAnOrdersGoodsAreHeldOrNone() async throws {
        try await run { catalog in
            let stock = try await stocks(of: catalog)
            let refused = try await catalog.reserve(order: .v7(), request([(Self.sku, 1), (Self.other, stock[1] + 1), ("none", 1)]))
            #expect(refused.status == .refused && refused.missing == [Self.other, "none"])
            #expect(try await stocks(of: catalog) == stock)
            let held = try await catalog.reserve(order: .v7(), request([(Self.sku, 2), (Self.other, stock[1])]))
            #expect(held.status == .reserved && held.missing.isEmpty)
            #expect(try await stocks(of: catalog) == [stock[0] - 2, 0])
        }
    }

    @Test func linesOfOneProductAreTakenTogether() async throws {
        try await run { catalog in
            let stock = try await stocks(of: catalog)[0]
            let reservation = try await catalog.reserve(order: .v7(), request([(Self.sku, stock), (Self.sku, 1)]))
            #expect(reservation.status == .refused)
            #expect(try await stocks(of: catalog)[0] == stock)
        }
    }

    /// Each line has the largest quantity allowed for a line, and together they exceed it.
    @Test func linesOfOneProductGoBackTogether() async throws {
        try await run { catalog in
            let stock = try await stocks(of: catalog), order = UUID.v7()
            let many = [Quantity](repeating: Quantity(sku: Self.sku, quantity: Quantity.range.upperBound), count: 2)
            for _ in 1...2 {
                #expect(try await catalog.reserve(order: order, ReservationRequest(items: many)).status == .refused)
            }
            try await catalog.release(order: order)
            #expect(try await stocks(of: catalog) == stock)
        }
    }

    @Test func aReservationInAnUnknownStateIsLeftAsItIs() async throws {
        let folder = try TemporaryFolder()
        try await run(in: folder) { catalog async throws in
            let order = UUID.v7()
            _ = try await catalog.reserve(order: order, request([(Self.sku, 3)]))
            let stock = try await stocks(of: catalog)
            let database = try await TestDatabases(in: folder).open("catalog")
            try await database.execute("UPDATE reservations SET status = 'split'")
            await #expect(
                performing: { try await catalog.reserve(order: order, request([(Self.sku, 3)])) }, throws: refused(with: .internalError))
            await #expect(performing: { try await catalog.release(order: order) }, throws: refused(with: .internalError))
            #expect(try await stocks(of: catalog) == stock)
            #expect(try await database.first("SELECT status FROM reservations")?.get("status") == "split")
            await database.close()
        }
    }

    @Test func askedAgainTheFirstResponseIsGivenAlsoAtTheSameTime() async throws {
        try await run { catalog in
            let stock = try await stocks(of: catalog)[0], order = UUID.v7()
            let answers = try await withThrowingTaskGroup(of: ReservationStatus.self) { group in
                for _ in 0..<20 { group.addTask { try await catalog.reserve(order: order, request([(Self.sku, 3)])).status } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(answers == Array(repeating: .reserved, count: 20))
            #expect(try await stocks(of: catalog)[0] == stock - 3)
        }
    }

    @Test func moreOrdersThanGoodsLeaveNothingOversold() async throws {
        try await run { catalog in
            let stock = try await stocks(of: catalog)[0]
            let held = try await withThrowingTaskGroup(of: ReservationStatus.self) { group in
                for _ in 0..<50 { group.addTask { try await catalog.reserve(order: .v7(), request([(Self.sku, 7)])).status } }
                return try await group.reduce(0) { $0 + ($1 == .reserved ? 1 : 0) }
            }
            #expect(held == stock / 7)
            #expect(try await stocks(of: catalog)[0] == stock - held * 7)
        }
    }

    @Test func goodsGoBackOnce() async throws {
        try await run { catalog in
            let stock = try await stocks(of: catalog), order = UUID.v7()
            _ = try await catalog.reserve(order: order, request([(Self.sku, 3)]))
            for _ in 0..<3 { try await catalog.release(order: order) }
            #expect(try await stocks(of: catalog) == stock)
            #expect(try await catalog.reserve(order: order, request([(Self.sku, 3)])).status == .released)
            #expect(try await stocks(of: catalog) == stock)
        }
    }

    @Test func whatWasReleasedBeforeItWasHeldIsNeverHeld() async throws {
        try await run { catalog in
            let stock = try await stocks(of: catalog), order = UUID.v7()
            try await catalog.release(order: order)
            #expect(try await catalog.reserve(order: order, request([(Self.sku, 3)])).status == .released)
            #expect(try await stocks(of: catalog) == stock)
        }
    }

    @Test func aRefusalStays() async throws {
        try await run { catalog in
            let order = UUID.v7()
            #expect(try await catalog.reserve(order: order, request([("none", 1)])).status == .refused)
            try await catalog.release(order: order)
            #expect(try await catalog.reserve(order: order, request([(Self.sku, 1)])).status == .refused)
        }
    }

    // MARK: Helpers

    private func run(in folder: TemporaryFolder? = nil, _ test: (any CatalogAPI) async throws -> Void) async throws {
        try await TestSystem.run(in: folder) {
            TestAccounts()
            CatalogService()
        } test: { system in
            try await test(system.client(CatalogAPIContract.self, as: .service("orders")))
        }
    }

    private func stocks(of catalog: any CatalogAPI) async throws -> [Int] {
        try await catalog.lookup([Self.sku, Self.other]).sorted { $0.sku < $1.sku }.map(\.stock)
    }
}

private func request(_ items: [(String, Int)]) -> ReservationRequest {
    ReservationRequest(items: items.map { Quantity(sku: $0.0, quantity: $0.1) })
}
