import Foundation
import PaymentsAPI
import Roost
import RoostData
import RoostSystemTesting
import TestTools
import Testing

@testable import Payments

/// A card's token is kept only as long as it may be needed for another attempt to charge the card.
@Suite(.timeLimit(.minutes(5))) struct TokenTests {
    private static let token = "tok_of_somebody_4711"

    private let log = RecordedLog()

    @Test(arguments: [SimulatedProcessor.Mishap?.none, .contradiction]) func noTableLogOrErrorHasTheTokenOfAPaymentWithAnOutcome(
        mishap: SimulatedProcessor.Mishap?
    ) async throws {
        try await Books.run(SimulatedProcessor(mishap: { mishap })) { books in
            let order = UUID.v7()
            try await RequestContext(logger: log.logger).run {
                _ = try await books.charge(order, Self.token)
                _ = try await books.charge(order, Self.token, cents: 1)
                _ = try await books.payments.reconcile()
            }
            #expect(try await books.stored(order).token.isEmpty)
            #expect(try await !everything(in: books.database).contains(Self.token))
            #expect(!"\(log.lines)".contains(Self.token) && !log.lines.isEmpty)
        }
    }

    @Test func theTokenOfAPendingPaymentIsKeptAndInNoLogOrError() async throws {
        let mishap = Mishap()
        mishap.next = .lostCall
        try await Books.run(SimulatedProcessor(mishap: { mishap.next })) { books in
            let order = UUID.v7()
            await RequestContext(logger: log.logger).run {
                let error = await #expect(throws: Problem.self) { try await books.charge(order, Self.token) }
                #expect(!"\(String(reflecting: error))".contains(Self.token))
            }
            #expect(try await books.stored(order).token == Self.token)
            #expect(!"\(log.lines)".contains(Self.token))
            mishap.next = nil
            _ = try await books.charge(order, Self.token)
            #expect(try await !everything(in: books.database).contains(Self.token))
        }
    }

    @Test func aVoidPaymentNeverHasAToken() async throws {
        try await Books.run { books in
            let order = UUID.v7()
            try await books.refund(order)
            #expect(try await books.charge(order, Self.token).status == .void)
            #expect(try await !everything(in: books.database).contains(Self.token))
        }
    }

    /// The content of all tables.
    private func everything(in database: Database) async throws -> String {
        let names: SQL =
            TestDatabases.areOnServer
            ? "SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'" : "SELECT name FROM sqlite_master WHERE type = 'table'"
        let tables = try await database.query(names).map { try $0.get("name", as: String.self) }
        #expect(tables.count > 6)
        var text = ""
        for table in tables { text += "\(try await database.query(SQL(raw: "SELECT * FROM \(table)")))" }
        return text
    }
}
