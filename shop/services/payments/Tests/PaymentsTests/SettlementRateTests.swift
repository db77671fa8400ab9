import Foundation
import Money
import PaymentsAPI
import ProcessorAPI
import Roost
import RoostData
import RoostSystemTesting
import Testing

@testable import Payments

/// Measures settlements, 64 of them at a time, and prints how many a second there are. Nothing depends on the result.
///
/// ```
/// export LEDGER_RATES=1
/// scripts/with-postgres bash -c 'psql -q "$TEST_DATABASE_URL" -c "ALTER SYSTEM SET fsync = on" -c "SELECT pg_reload_conf()" &&
///     scripts/test --package-path shop --skip-build --filter SettlementRateTests'
/// ```
///
/// The server of `with-postgres` does not wait for the disk unless it is told to.
@Suite(.enabled(if: ProcessInfo.processInfo.environment["LEDGER_RATES"] != nil, "it measures"), .serialized)
struct SettlementRateTests {
    private static let inFlight = 64

    @Test func settlementsTogetherAndAlone() async throws {
        try await Books.run { books in
            let group = books.payments.settlements, settlements = books.settlements
            for round in 1...3 {
                let alone = try await rate(of: 1500, in: books) { _ = try await settlements.settle([$0]) }
                let together = try await rate(of: 6000, in: books) { _ = try await group.commit($0) }
                print("round \(round): alone \(Int(alone))/s, together \(Int(together))/s, \((together / alone).formatted()) times")
            }
            try await books.checkSums()
        }
    }

    /// Returns the number of payments that are settled in a second.
    private func rate(
        of count: Int, in books: Books, by settle: @escaping @Sendable (ProcessorReport) async throws -> Void
    ) async throws -> Double {
        let rows = (0..<count).map { _ in PaymentRow(orderId: .v7(), amount: .euros(cents: 1999), token: "tok_ok", status: .pending) }
        try await books.database.insert(rows)
        let reports = rows.map { ProcessorReport(Charge(id: $0.id, status: .captured, amount: $0.amount)) }
        let start = ContinuousClock.now
        try await withThrowingTaskGroup { group in
            for lane in 0..<Self.inFlight {
                group.addTask {
                    for index in stride(from: lane, to: count, by: Self.inFlight) { try await settle(reports[index]) }
                }
            }
            try await group.waitForAll()
        }
        return Double(count) / (start.duration(to: .now) / .seconds(1))
    }
}
