import Foundation
import Money
import PaymentsAPI
import ProcessorAPI
import Roost
import RoostData
import RoostSystemTesting
import Testing

@testable import Payments

@Suite(.timeLimit(.minutes(5))) struct LedgerTests {
    private let order = UUID.v7()

    @Test func aCaptureIsASaleThatTheProcessorOwes() async throws {
        try await Books.run { books in
            let payment = try await books.charge(order)
            #expect(try await books.transfers(of: payment.id) == [.authorization, .capture, .sale])
            #expect(try await books.balances() == [.clearing: 1999, .sales: -1999])
            try await books.checkSums()
        }
    }

    @Test func aRefundTakesTheSaleBack() async throws {
        try await Books.run { books in
            let payment = try await books.charge(order)
            for _ in 1...2 { try await books.refund(order) }
            #expect(try await books.transfers(of: payment.id) == [.authorization, .capture, .sale, .refund, .repayment])
            #expect(try await books.balances() == [.sales: -1999, .refunds: 1999])
            try await books.checkSums()
        }
    }

    @Test func aDeclineVoidsTheAuthorization() async throws {
        try await Books.run { books in
            let payment = try await books.charge(order, "tok_declined")
            let page = try await books.payments.transfers(payment: payment.id, limit: nil, cursor: nil)
            #expect(page.items.map(\.kind) == [.decline, .authorization])
            #expect(page.items.first?.pendingId == page.items.last?.id)
            #expect(try await books.balances() == [:])
        }
    }

    @Test func transfersAreNeitherChangedNorDeleted() async throws {
        try await Books.run { books in
            _ = try await books.charge(order)
            var statements: [SQL] = [
                "UPDATE ledger_transfers SET amount = 1", "DELETE FROM ledger_transfers",
                "UPDATE ledger_transfers SET created_at = created_at WHERE kind = 'capture'",
            ]
            // SQLite has no such statement.
            if books.database.dialect.system == "postgresql" { statements.append("TRUNCATE ledger_transfers") }
            for statement in statements {
                let error = await #expect(throws: DatabaseError.self) { try await books.database.execute(statement) }
                #expect(error?.message.contains("ledger_transfers") == true)
            }
            try await books.checkSums()
        }
    }

    @Test func aRepeatedTransferIsWrittenOnceAndAnotherAmountIsTold() async throws {
        try await Books.run { books in
            let ledger = books.payments.repository.ledger, payment = UUID.v7()
            let first = Transfer(payment: payment, kind: .unexpected, amount: .euros(cents: 100))
            let other = Transfer(payment: payment, kind: .unexpected, amount: .euros(cents: 101))
            #expect(try await books.database.transaction { try await ledger.post([first, first], in: $0) }.isEmpty)
            #expect(try await books.database.transaction { try await ledger.post([first], in: $0) }.isEmpty)
            #expect(try await books.database.transaction { try await ledger.post([other], in: $0) }.map(\.kind) == [.transfer])
            #expect(try await books.balances() == [.clearing: 100, .suspense: -100])
            try await books.checkSums()
        }
    }

    @Test func nothingOfATransactionThatFailsIsLeft() async throws {
        struct Failure: Error {}
        try await Books.run { books in
            let ledger = books.payments.repository.ledger
            let transfer = Transfer(payment: .v7(), kind: .unexpected, amount: .euros(cents: 100))
            await #expect(throws: Failure.self) {
                try await books.database.transaction { transaction in
                    try await ledger.post([transfer], in: transaction)
                    throw Failure()
                }
            }
            #expect(try await books.balances() == [:])
            try await books.checkSums()
        }
    }

    /// Each transaction changes the same balances, of accounts that it lists in another order.
    @Test func concurrentTransactionsLoseNothing() async throws {
        try await Books.run { books in
            let ledger = books.payments.repository.ledger, database = books.database
            try await withThrowingTaskGroup { group in
                for number in 1...40 {
                    group.addTask {
                        let kinds = number % 2 == 0 ? TransferKind.allCases : TransferKind.allCases.reversed()
                        let payment = UUID.v7()
                        let transfers = kinds.map { Transfer(payment: payment, kind: $0, amount: .euros(cents: 7)) }
                        _ = try await database.transaction { try await ledger.post(transfers, in: $0) }
                    }
                }
                try await group.waitForAll()
            }
            try await books.checkSums()
            #expect(try await books.database.first(BalanceRow.where { $0.account == .sales })?.credits == 280)
        }
    }

    @Test func balancesThatAreNotTheSumsAreFound() async throws {
        try await Books.run { books in
            _ = try await books.charge(order)
            try await books.database.run(BalanceRow.where { $0.account == .sales }.update { $0.credits += 1 })
            #expect(try await !books.payments.balance().balanced)
            let run = try await books.payments.reconcile()
            #expect(run.differences.map(\.kind) == [.balance])
            // A wrong balance on both sides adds up to zero.
            try await books.database.run(BalanceRow.where { $0.account == .clearing }.update { $0.debits += 1 })
            _ = try await books.payments.reconcile()
            #expect(try await !books.payments.balance().balanced)
            try await books.database.run(BalanceRow.where { $0.account == .sales }.update { $0.credits -= 1 })
            try await books.database.run(BalanceRow.where { $0.account == .clearing }.update { $0.debits -= 1 })
            _ = try await books.payments.reconcile()
            #expect(try await books.payments.balance().balanced)
        }
    }

    @Test func currenciesAreKeptApart() async throws {
        try await Books.run { books in
            let yen = try #require(Currency("JPY"))
            _ = try await books.charge(order)
            _ = try await books.payments.charge(PaymentRequest(orderId: .v7(), amount: try Money(500, yen), token: "tok_ok"))
            #expect(try await books.balances() == [.clearing: 1999, .sales: -1999])
            #expect(try await books.balances(in: yen) == [.clearing: 500, .sales: -500])
            #expect(try await books.payments.balance().accounts.count == 2 * LedgerAccount.allCases.count)
        }
    }

    @Test func anotherAmountForAnOrderIsToldAndTheFirstCounts() async throws {
        try await Books.run { books in
            let first = try await books.charge(order)
            #expect(try await books.charge(order, cents: 5).amount == first.amount)
            let run = try await books.payments.reconcile()
            #expect(run.differences.map(\.kind) == [.request] && run.differences[0].payment == first.id)
        }
    }
}

/// What administrators see of the ledger, through the service's port.
@Suite(.timeLimit(.minutes(5))) struct LedgerRoutesTests {
    private static let routes: [(RequestMethod, String)] = [
        (.get, "/ledger/balance"), (.get, "/ledger/transfers"), (.get, "/ledger/reconciliation"), (.post, "/ledger/reconciliation"),
    ]

    @Test func onlyAdministratorsSeeTheLedger() async throws {
        try await PaymentsSystem.run(with: RecordedProcessor()) { system async throws in
            for (method, path) in Self.routes {
                #expect(try await system.system.client(of: "payments").send(method, path).status == .unauthorized)
                #expect(try await system.client().send(method, path).status == .forbidden)
                #expect(try await system.client(roles: ["admin"]).send(method, path).status == .ok)
            }
        }
    }

    @Test func theBalanceHasNamesAndAmounts() async throws {
        try await PaymentsSystem.run(with: RecordedProcessor()) { system in
            _ = try await system.payments.charge(.of(.v7(), "tok_ok"))
            let text = try await system.client(roles: ["admin"]).send(.get, "/ledger/balance").text
            #expect(text.contains(#""balanced":true"#))
            #expect(text.contains(#"{"name":"sales","balance":{"amount":-1999,"currency":"EUR"}}"#))
        }
    }

    @Test func transfersAreListedByPaymentAndInPages() async throws {
        try await PaymentsSystem.run(with: RecordedProcessor()) { system in
            let payments = [try await system.payments.charge(.of(.v7(), "tok_ok")), try await system.payments.charge(.of(.v7(), "tok_ok"))]
            var kinds: [TransferKind] = [], cursor: PageCursor?
            repeat {
                let page = try await system.administrator.transfers(payment: nil, limit: PageLimit(parameter: "4"), cursor: cursor)
                kinds += page.items.map(\.kind)
                cursor = page.next.flatMap(PageCursor.init(parameter:))
            } while cursor != nil
            #expect(kinds == [.sale, .capture, .authorization, .sale, .capture, .authorization])
            for payment in payments {
                let page = try await system.administrator.transfers(payment: payment.id, limit: nil, cursor: nil)
                #expect(page.items.count == 3 && page.items.allSatisfy { $0.payment == payment.id && $0.amount == payment.amount })
            }
            #expect(try await system.administrator.transfers(payment: .v7(), limit: nil, cursor: nil).items.isEmpty)
        }
    }

    @Test(arguments: ["transfers?limit=0", "transfers?payment=7", "transfers?cursor=%25", "reconciliation?limit=x"])
    func aWrongParameterIsNamed(query: String) async throws {
        try await PaymentsSystem.run(with: RecordedProcessor()) { system in
            let response = try await system.client(roles: ["admin"]).send(.get, "/ledger/" + query)
            #expect(response.status == .unprocessable && response.problem.errors.count == 1)
        }
    }
}
