import Foundation
import Money
import PaymentsAPI
import ProcessorAPI
import Testing

@testable import Payments

/// What a report changes, for every state of a payment and every report.
@Suite struct SettlementPlanTests {
    private static let states: [PaymentStatus] = [.pending, .captured, .declined, .refunded, .void]
    private static let reports: [ChargeStatus] = [.captured, .declined, .refunded]
    /// Reports with the expected amount and with another one.
    private static let receipts = reports.flatMap { [(status: $0, cents: UInt32(1000)), (status: $0, cents: UInt32(700))] }

    private func row(_ status: PaymentStatus) -> PaymentRow {
        PaymentRow(orderId: .v7(), amount: status == .void ? .zero(.euro) : .euros(cents: 1000), token: "tok_ok", status: status)
    }

    private func report(_ status: ChargeStatus, of row: PaymentRow, cents: UInt32 = 1000, fee: UInt32? = nil) -> ProcessorReport {
        var report = ProcessorReport(Charge(id: row.id, status: status, amount: .euros(cents: cents)))
        report.fee = fee.map { .euros(cents: $0) }
        return report
    }

    /// The balances after the transfers that the payment has had and those of a plan.
    private func balances(_ row: PaymentRow, _ plans: SettlementPlan...) -> [LedgerAccount: Int] {
        let before = row.status.transfers.map { Transfer(payment: row.id, kind: $0, amount: row.amount) }
        let all = Set(before + plans.flatMap(\.transfers)).map { TransferRow($0, at: Date()) }
        let sums = Ledger.sums(of: all.filter(\.isPosted)).map { ($0.account, $0.debits - $0.credits) }
        return Dictionary(sums) { $0 + $1 }.filter { $0.value != 0 }
    }

    @Test(arguments: Self.states, Self.reports) func aStateOnlyAdvances(state: PaymentStatus, report status: ChargeStatus) {
        let row = row(state), plan = SettlementPlan(for: report(status, of: row), of: row)
        let expected: PaymentStatus =
            switch (state, status) {
            case (.pending, .captured): .captured
            case (.pending, .declined): .declined
            case (.pending, .refunded), (.captured, .refunded): .refunded
            default: state
            }
        #expect(plan.status == expected)
        #expect(plan.owesRefund == ([.declined, .void].contains(state) && status == .captured))
        #expect(!plan.isReconciled)
    }

    @Test(arguments: Self.states, Self.reports) func nothingOfWhatThePaymentHasIsWrittenAgain(
        state: PaymentStatus, report status: ChargeStatus
    ) {
        let row = row(state), plan = SettlementPlan(for: report(status, of: row), of: row)
        #expect(Set(plan.transfers.map(\.kind)).isDisjoint(with: state.transfers))
    }

    /// Once the processor's record agrees, nothing is left in the clearing account, nor in the others that money only passes through.
    @Test(arguments: Self.states, Self.receipts) func theRecordEmptiesTheClearingAccount(
        state: PaymentStatus, receipt: (status: ChargeStatus, cents: UInt32)
    ) {
        let (status, cents) = receipt, row = row(state)
        let plan = SettlementPlan(for: report(status, of: row, cents: cents, fee: 15), of: row)
        let balances = balances(row, plan)
        #expect(balances.values.reduce(0, +) == 0)
        let isComplete = plan.isReconciled || plan.owesRefund
        if isComplete { #expect(balances[.clearing] == nil && balances[.payables] == nil) }
        if plan.isReconciled, status == .refunded || cents == 1000 { #expect(balances[.suspense] == nil) }
    }

    @Test func aRefundedSaleIsNoSale() {
        let row = row(.pending)
        let balances = balances(row, SettlementPlan(for: report(.refunded, of: row, fee: 15), of: row))
        #expect(balances == [.sales: -1000, .refunds: 1000, .fees: 15, .bank: -15])
    }

    @Test func whatComesForNothingIsInSuspenseUntilItIsGivenBack() {
        let row = row(.declined)
        let captured = SettlementPlan(for: report(.captured, of: row, fee: 15), of: row)
        #expect(captured.owesRefund && captured.differences.map(\.kind) == [.status])
        #expect(balances(row, captured) == [.suspense: -1000, .fees: 15, .bank: 985])
        let refunded = SettlementPlan(for: report(.refunded, of: row, fee: 15), of: row)
        #expect(refunded.isReconciled && refunded.resolved.contains(.status))
        #expect(balances(row, captured, refunded) == [.fees: 15, .bank: -15])
    }

    @Test func anotherAmountIsInSuspense() {
        let row = row(.pending)
        let plan = SettlementPlan(for: report(.captured, of: row, cents: 1200, fee: 18), of: row)
        #expect(plan.differences.map(\.kind) == [.amount])
        #expect(balances(row, plan) == [.sales: -1000, .suspense: -200, .fees: 18, .bank: 1182])
    }

    @Test func anotherCurrencyIsInSuspense() throws {
        let row = row(.pending)
        var report = ProcessorReport(Charge(id: row.id, status: .captured, amount: try Money(900, try #require(Currency("GBP")))))
        report.fee = try Money(9, try #require(Currency("GBP")))
        let plan = SettlementPlan(for: report, of: row)
        let rows = plan.transfers.map { TransferRow($0, at: Date()) }.filter(\.isPosted)
        let sums = Ledger.sums(of: rows).filter { $0.debits != $0.credits }
        #expect(
            sums.map { "\($0.account.rawValue) \($0.currency.code) \($0.debits - $0.credits)" } == [
                "sales EUR -1000", "suspense EUR 1000", "bank GBP 891", "fees GBP 9", "suspense GBP -900",
            ])
    }

    @Test func aFeeAboveTheAmountIsNoPayout() {
        let row = row(.pending), plan = SettlementPlan(for: report(.captured, of: row, fee: 2000), of: row)
        #expect(plan.differences.map(\.kind) == [.amount])
        #expect(!plan.transfers.contains { $0.kind == .payout || $0.kind == .fee })
    }

    @Test func aRetractedCaptureIsToldAndNotBelieved() {
        let row = row(.captured), plan = SettlementPlan(for: report(.declined, of: row, fee: 0), of: row)
        #expect(plan.status == .captured && plan.transfers.allSatisfy { row.status.transfers.contains($0.kind) })
        #expect(plan.differences.map(\.kind) == [.status] && !plan.isReconciled)
    }

    /// The identifiers are those that other programs derive: the first 16 bytes of the SHA-256 digest, with version 8.
    @Test func identifiersAreDerived() throws {
        let payment = try #require(UUID(text: "01890a5d-ac96-774b-bcce-b302099a8057"))
        let transfer = Transfer(payment: payment, kind: .capture, amount: .euros(cents: 1))
        #expect(transfer.id.text == "9cbb93da-56b5-8c66-9a72-ea3bb2aa2563")
        #expect(transfer.pendingID == Transfer(payment: payment, kind: .authorization, amount: .euros(cents: 2)).id)
        #expect(Set(TransferKind.allCases.map { Transfer(payment: payment, kind: $0, amount: .euros(cents: 1)).id }).count == 13)
    }
}
