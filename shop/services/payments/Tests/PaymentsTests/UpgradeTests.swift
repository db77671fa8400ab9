import Foundation
import Money
import PaymentsAPI
import Roost
import RoostData
import RoostSystemTesting
import Testing

@testable import Payments

/// Payments from before there was a ledger.
@Suite(.timeLimit(.minutes(5))) struct UpgradeTests {
    @Test func onlyPaymentsWithoutAnOutcomeKeepTheirTokens() async throws {
        let folder = try TemporaryFolder(), migrations = try PaymentsService().database.migrations, databases = TestDatabases(in: folder)
        let earlier = try await databases.open("payments", migrations: migrations.filter { $0.name < "20261126T13" })
        for status in [PaymentStatus.pending, .captured, .declined, .refunded, .void] {
            try await earlier.execute(
                """
                INSERT INTO payments (id, order_id, amount, token, status, created_at)
                VALUES (\(UUID.v7()), \(UUID.v7()), \(json: Money.euros(cents: 1999)), 'tok_ok', \(status), \(Date()))
                """)
        }
        await earlier.close()
        let database = try await databases.open("payments", migrations: migrations)
        let rows = try await database.fetch(PaymentRow.all)
        #expect(rows.filter { !$0.token.isEmpty }.map(\.status) == [.pending])
        #expect(rows.count == 5 && rows.allSatisfy { !$0.isReconciled })
        await database.close()
    }
}
