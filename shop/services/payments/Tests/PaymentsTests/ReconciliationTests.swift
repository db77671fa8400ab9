import Foundation
import Money
import PaymentsAPI
import ProcessorAPI
import Roost
import RoostData
import RoostSystemTesting
import Testing

@testable import Payments

@Suite(.timeLimit(.minutes(5))) struct ReconciliationTests {
    private let order = UUID.v7()

    @Test func theRecordIsPaidOutAndNothingIsLeftInClearing() async throws {
        try await Books.run { books in
            _ = try await books.charge(order)
            _ = try await books.charge(.v7(), "tok_declined")
            let run = try await books.payments.reconcile()
            #expect(run.checked == 2 && run.settled == 0 && run.differences.isEmpty && run.at != nil)
            #expect(try await books.balances() == [.sales: -1999, .fees: 29, .bank: 1970])
            try await books.refund(order)
            _ = try await books.payments.reconcile()
            #expect(try await books.balances() == [.sales: -1999, .refunds: 1999, .fees: 29, .bank: -29])
            // What was compared is not compared again.
            #expect(try await books.payments.reconcile().checked == 0)
            try await books.checkSums()
        }
    }

    /// The process died after the processor had charged the card.
    @Test func aPaymentThatACrashLeftPendingIsSettled() async throws {
        try await Books.run(SimulatedProcessor(mishap: { .lostAnswer })) { books in
            await #expect(throws: Problem.self) { try await books.charge(order) }
            #expect(try await books.stored(order).status == .pending)
            try await books.age(order)
            let run = try await books.payments.reconcile()
            #expect(run.settled == 1 && run.differences.map(\.kind) == [.unsettled] && run.differences.allSatisfy { !$0.isOpen })
            #expect(try await books.stored(order).status == .captured)
            #expect(try await books.balances() == [.sales: -1999, .fees: 29, .bank: 1970])
            #expect(try await books.charge(order).status == .captured)
            #expect(books.processor.calls == 1)
            // The next comparison has nothing to tell.
            #expect(try await books.payments.reconcile().differences.isEmpty)
        }
    }

    @Test func aChargeWithoutAPaymentIsInSuspenseAndShownUntilItIsGivenBack() async throws {
        try await Books.run { books in
            let charge = Charge(id: .v7(), status: .captured, amount: .euros(cents: 1000))
            books.processor.put(charge)
            for _ in 1...2 {
                let run = try await books.payments.reconcile()
                #expect(run.differences.map(\.kind) == [.unknown])
                #expect(run.differences.first?.payment == charge.id && run.differences.first?.isOpen == true)
                #expect(try await books.balances() == [.suspense: -1000, .fees: 15, .bank: 985])
            }
            books.processor.put(Charge(id: charge.id, status: .refunded, amount: charge.amount))
            _ = try await books.payments.reconcile()
            #expect(try await books.payments.reconcile().differences.isEmpty)
            #expect(try await books.balances() == [.fees: 15, .bank: -15])
            #expect(try await books.payments.payments(orderId: nil, limit: nil, cursor: nil).items.isEmpty)
        }
    }

    @Test func aChargeThatTheProcessorLacksIsShownUntilItAppears() async throws {
        try await Books.run { books in
            let payment = try await books.charge(order)
            books.processor.forget(payment.id)
            // A payment of a moment ago may still be on its way into the record.
            #expect(try await books.payments.reconcile().differences.isEmpty)
            try await books.age(order)
            for _ in 1...2 {
                let run = try await books.payments.reconcile()
                #expect(run.differences.map(\.kind) == [.missing] && run.differences.first?.payment == payment.id)
            }
            books.processor.put(Charge(id: payment.id, status: .captured, amount: payment.amount))
            _ = try await books.payments.reconcile()
            #expect(try await books.payments.reconcile().differences.isEmpty)
            #expect(try await books.balances()[.clearing] == nil)
        }
    }

    /// The processor had refused the charge for good, so its record has none.
    @Test func aDeclinedPaymentNeedsNoCharge() async throws {
        try await Books.run { books in
            let payment = try await books.charge(order, "tok_declined")
            books.processor.forget(payment.id)
            try await books.age(order)
            #expect(try await books.payments.reconcile().differences.isEmpty)
            #expect(try await books.stored(order).isReconciled)
            #expect(try await books.payments.reconcile().checked == 0)
        }
    }

    @Test func anotherAmountIsShownAndInSuspense() async throws {
        try await Books.run(SimulatedProcessor(mishap: { .lostCall })) { books in
            await #expect(throws: Problem.self) { try await books.charge(order) }
            let id = try await books.stored(order).id
            books.processor.put(Charge(id: id, status: .captured, amount: .euros(cents: 999)))
            let run = try await books.payments.reconcile()
            #expect(run.differences.map(\.kind) == [.amount])
            #expect(try await books.balances() == [.sales: -1999, .suspense: 1000, .fees: 14, .bank: 985])
            books.processor.put(Charge(id: id, status: .refunded, amount: .euros(cents: 999)))
            _ = try await books.payments.reconcile()
            #expect(try await books.balances() == [.sales: -1999, .refunds: 1999, .fees: 14, .bank: -14])
        }
    }

    /// The processor says no and charges nevertheless; its notice is lost.
    @Test func whatWasCapturedForADeclinedPaymentIsGivenBack() async throws {
        try await Books.run(SimulatedProcessor(mishap: { .contradiction })) { books in
            let payment = try await books.charge(order)
            #expect(payment.status == .declined)
            // The refund is refused too, at first.
            _ = try await books.payments.reconcile()
            #expect(books.processor.charges[payment.id]?.status == .refunded)
            _ = try await books.payments.reconcile()
            #expect(try await books.stored(order).status == .declined)
            #expect(try await books.balances() == [.fees: 29, .bank: -29])
            #expect(try await books.payments.reconcile().differences.isEmpty)
        }
    }

    @Test func anEntryThatAppearsLateIsNotMissed() async throws {
        try await Books.run { books in
            _ = try await books.charge(order)
            books.processor.hideNewestEntry()
            for _ in 1...3 { _ = try await books.charge(.v7()) }
            #expect(try await books.payments.reconcile().checked == 3)
            #expect(try await books.balances()[.clearing] == 1999)
            books.processor.showAllEntries()
            #expect(try await books.payments.reconcile().checked == 1)
            #expect(try await books.balances()[.clearing] == nil)
        }
    }

    @Test func aLongRecordIsComparedInParts() async throws {
        try await Books.run { books in
            for _ in 1...230 { books.processor.put(Charge(id: .v7(), status: .captured, amount: .euros(cents: 100))) }
            let run = try await books.payments.reconcile()
            #expect(run.checked == 230 && run.differences.count == 20)
            var all = Set(run.differences.map(\.id)), next = run.next
            while let cursor = next {
                let page = try await books.payments.reconciliation(
                    limit: PageLimit(parameter: "100"), cursor: PageCursor(parameter: cursor))
                all.formUnion(page.differences.map(\.id))
                next = page.next
            }
            #expect(all.count == 230)
            #expect(try await books.balances() == [.suspense: -23000, .fees: 230, .bank: 22770])
        }
    }

    /// Two processes compare at once, each with nothing in memory.
    @Test func severalProcessesSettleOnce() async throws {
        try await Books.run { books in
            for _ in 1...20 { _ = try await books.charge(.v7()) }
            try await withThrowingTaskGroup { group in
                for _ in 1...4 {
                    let payments = books.restarted()
                    group.addTask { _ = try await payments.reconcile() }
                }
                try await group.waitForAll()
            }
            #expect(try await books.balances()[.clearing] == nil)
            try await books.checkSums()
        }
    }

    @Test func aStateThatOnlyANewerVersionKnowsIsLeftAndHoldsUpNobody() async throws {
        try await Books.run { books in
            let disputed = try await books.charge(order)
            _ = try await books.charge(.v7())
            try await books.database.execute("UPDATE payments SET status = 'disputed' WHERE id = \(disputed.id)")
            let run = try await books.payments.reconcile()
            #expect(run.differences.map(\.kind) == [.failure] && run.differences.first?.payment == disputed.id)
            #expect(try await books.balances()[.clearing] == 1999)
            #expect(try await books.database.first("SELECT status FROM payments WHERE id = \(disputed.id)")?.get("status") == "disputed")
        }
    }

    /// Payments from before the ledger have no transfers. The record brings them in.
    @Test func aPaymentWithoutTransfersGetsThem() async throws {
        try await Books.run { books in
            let row = PaymentRow(orderId: order, amount: .euros(cents: 1000), token: "", status: .captured)
            try await books.database.insert(row)
            books.processor.put(Charge(id: row.id, status: .captured, amount: row.amount))
            _ = try await books.payments.reconcile()
            #expect(try await books.transfers(of: row.id) == [.authorization, .capture, .sale, .fee, .payout])
            #expect(try await books.balances() == [.sales: -1000, .fees: 15, .bank: 985])
        }
    }
}
