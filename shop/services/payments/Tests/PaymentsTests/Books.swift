import Foundation
import Money
import PaymentsAPI
import ProcessorAPI
import Roost
import RoostAuth
import RoostData
import RoostSQLite
import RoostStore
import RoostSystemTesting
import Testing

@testable import Payments

/// The payments service without a network, above a database and a simulated processor.
struct Books {
    private static let secret = "what both sides know"

    let payments: Payments
    let processor: SimulatedProcessor
    let database: Database
    let settlements: Settlements
    private let store: any Store

    /// Runs a test with empty books.
    static func run(_ processor: SimulatedProcessor = SimulatedProcessor(), _ test: (Books) async throws -> Void) async throws {
        let folder = try TemporaryFolder(), store = try await SQLiteStore.open(folder.databaseURL("store.db"))
        let database = try await TestDatabases(in: folder).open("payments", migrations: PaymentsService().database.migrations)
        let payments = Payments(database: database, processor: processor.api, store: store, webhookSecret: secret)
        let settlements = await payments.reconciler.settlements
        do {
            try await test(Books(payments: payments, processor: processor, database: database, settlements: settlements, store: store))
        } catch {
            await database.close()
            await store.close()
            throw error
        }
        await database.close()
        await store.close()
    }

    /// The service as another process runs it, or the same one after a crash.
    func restarted() -> Payments {
        Payments(database: database, processor: processor.api, store: store, webhookSecret: Self.secret)
    }

    /// Charges an order.
    func charge(_ order: UUID, _ token: String = "tok_ok", cents: UInt32 = 1999) async throws -> Payment {
        try await payments.charge(.of(order, token, cents: cents))
    }

    /// Refunds an order.
    func refund(_ order: UUID) async throws { try await payments.refund(RefundRequest(orderId: order)) }

    /// Delivers a notice with a valid signature.
    func tell(_ notice: ChargeNotice, sentAt date: Date = Date()) async throws {
        let body = JSON.encode(notice), timestamp = Int(date.timeIntervalSince1970)
        try await payments.webhook(
            RawBody(bytes: body, contentType: "application/json"),
            signature: SignedPayload.sign(timestamp: timestamp, body: body, key: Self.secret), timestamp: String(timestamp))
    }

    /// The balances that are not zero, in minor units of a currency.
    func balances(in currency: Currency = .euro) async throws -> [LedgerAccount: Int] {
        let balances = try await payments.balance()
        #expect(balances.balanced)
        let sums = balances.accounts.filter { $0.balance.currency == currency && $0.balance.amount != 0 }
        return Dictionary(sums.map { ($0.name, $0.balance.amount) }) { first, _ in first }
    }

    /// The kinds of a payment's transfers, in order.
    func transfers(of payment: UUID) async throws -> [TransferKind] {
        let page = try await payments.transfers(payment: payment, limit: PageLimit(parameter: "100"), cursor: nil)
        return page.items.map(\.kind).reversed()
    }

    /// The payment of an order, as it is stored.
    func stored(_ order: UUID) async throws -> PaymentRow {
        try #require(try await database.first(PaymentRow.where { $0.orderId == order }))
    }

    /// Makes a payment look as if it was begun ten minutes ago.
    func age(_ order: UUID) async throws {
        try await database.run(PaymentRow.where { $0.orderId == order }.update { $0.createdAt.set(Date() - 600) })
    }

    /// Checks that the balances are the sums of the transfers.
    func checkSums() async throws { #expect(try await payments.repository.ledger.faults() == []) }
}
