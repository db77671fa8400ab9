import Foundation
import Money
import PaymentsAPI
import ProcessorAPI
import Roost
import RoostData
import RoostSystemTesting
import Testing

@testable import Payments

@Suite(.timeLimit(.minutes(5))) struct SettlementGroupTests {
    /// Prepares payments without an outcome.
    private func pending(_ count: Int, in books: Books) async throws -> [ProcessorReport] {
        var reports: [ProcessorReport] = []
        for _ in 1...count {
            let row = try await books.payments.repository.begin(.of(.v7(), "tok_ok", cents: 100))
            reports.append(ProcessorReport(Charge(id: row.id, status: .captured, amount: row.amount)))
        }
        return reports
    }

    @Test func settlementsThatComeAtOnceShareTransactions() async throws {
        try await Books.run { books in
            let reports = try await pending(100, in: books)
            let before = try await books.transactions
            let changed = try await withThrowingTaskGroup(of: Bool.self) { group in
                for report in reports { group.addTask { try await books.payments.settlements.commit(report).isChanged } }
                return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
            }
            #expect(changed == 100)
            #expect(try await books.transactions - before < 50)
            #expect(try await books.balances() == [.clearing: 10_000, .sales: -10_000])
            try await books.checkSums()
        }
    }

    @Test func aSettlementThatFailsFailsAlone() async throws {
        try await Books.run { books in
            let reports = try await pending(60, in: books)
            try await books.database.execute("UPDATE payments SET status = 'disputed' WHERE id = \(reports[30].payment)")
            let failed = await withTaskGroup(of: UUID?.self) { group in
                for report in reports {
                    group.addTask {
                        do {
                            return try await books.payments.settlements.commit(report).isChanged ? nil : report.payment
                        } catch {
                            return report.payment
                        }
                    }
                }
                return await group.reduce(into: [UUID]()) { if let payment = $1 { $0.append(payment) } }
            }
            #expect(failed == [reports[30].payment])
            #expect(try await books.balances() == [.clearing: 5900, .sales: -5900])
        }
    }

    /// A caller that gives up does not take along those that share its transaction.
    @Test func aSettlementWhoseCallerIsCancelledHarmsNoOther() async throws {
        try await Books.run { books in
            let reports = try await pending(40, in: books)
            try await withThrowingTaskGroup { group in
                for (index, report) in reports.enumerated() {
                    group.addTask {
                        let task = Task { try await books.payments.settlements.commit(report) }
                        if index % 4 == 0 { task.cancel() }
                        let result = await task.result
                        if index % 4 != 0 {
                            let settlement = try result.get()
                            #expect(settlement.isChanged)
                        }
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await books.balances()[.clearing] ?? 0 >= 3000)
            try await books.checkSums()
        }
    }
}

extension Books {
    /// How many transactions have written transfers so far: all of one have the same time.
    fileprivate var transactions: Int {
        get async throws {
            try await database.fetch(TransferRow.where { $0.kind == .capture }.select { $0.createdAt }.distinct()).count
        }
    }
}
