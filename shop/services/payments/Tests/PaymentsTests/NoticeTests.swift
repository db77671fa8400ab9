import Foundation
import Money
import PaymentsAPI
import ProcessorAPI
import Roost
import RoostData
import RoostSystemTesting
import TestTools
import Testing

@testable import Payments

/// Notices come late, early, twice, and in any order.
@Suite(.timeLimit(.minutes(5))) struct NoticeTests {
    private let order = UUID.v7()

    /// What can tell the outcome of a refunded charge.
    private enum Source: CaseIterable {
        case firstNotice, firstNoticeAgain, lastNotice, answer, record
    }

    private static let orders: [[Source]] = permutations(of: Source.allCases)

    private static func permutations(of sources: [Source]) -> [[Source]] {
        guard let first = sources.first else { return [[]] }
        return permutations(of: Array(sources.dropFirst())).flatMap { rest in
            (0...rest.count).map { Array(rest.prefix($0)) + [first] + Array(rest.suffix(rest.count - $0)) }
        }
    }

    @Test func whateverComesFirstThereIsOneOutcomeWithOneSetOfTransfers() async throws {
        let mishap = Mishap()
        try await Books.run(SimulatedProcessor(mishap: { mishap.next })) { books in
            for sources in Self.orders {
                let order = UUID.v7()
                mishap.next = .lostAnswer
                await #expect(throws: Problem.self) { try await books.charge(order) }
                mishap.next = nil
                let id = try await books.stored(order).id
                books.processor.put(Charge(id: id, status: .refunded, amount: .euros(cents: 1999)))
                let notices = books.processor.notices.filter { $0.chargeId == id }
                try #require(notices.map(\.status) == [.captured, .refunded])
                for source in sources {
                    switch source {
                    case .firstNotice, .firstNoticeAgain: try await books.tell(notices[0])
                    case .lastNotice: try await books.tell(notices[1])
                    case .answer: #expect(try await [.captured, .refunded].contains(books.charge(order).status))
                    case .record: _ = try await books.payments.reconcile()
                    }
                }
                #expect(try await books.stored(order).status == .refunded, "\(sources)")
                let kinds = try await books.transfers(of: id)
                #expect(kinds.count == 8, "\(sources)")
                #expect(
                    Set(kinds) == [.authorization, .capture, .sale, .refund, .repayment, .fee, .payout, .payoutReversal], "\(sources)")
            }
            let count = Self.orders.count
            #expect(
                try await books.balances()
                    == [.sales: -1999 * count, .refunds: 1999 * count, .fees: 29 * count, .bank: -29 * count])
            #expect(try await books.payments.reconcile().differences.isEmpty)
            try await books.checkSums()
        }
    }

    @Test func aRepeatedNoticeHasNoEffect() async throws {
        try await Books.run(SimulatedProcessor(mishap: { .lostAnswer })) { books in
            await #expect(throws: Problem.self) { try await books.charge(order) }
            let notice = try #require(books.processor.notices.first), now = Date()
            // The same signature again, and later the same notice with another signature.
            for date in [now, now, now - 60] { try await books.tell(notice, sentAt: date) }
            #expect(try await books.transfers(of: notice.chargeId) == [.authorization, .capture, .sale])
            #expect(try await books.database.count(NoticeRow.all) == 1)
        }
    }

    /// Whoever settled the notice first may have died before the processor was asked.
    @Test func aRepeatedNoticeOfWhatNobodyExpectsAsksForTheRefundAgain() async throws {
        let mishap = Mishap()
        try await Books.run(SimulatedProcessor(mishap: { mishap.next })) { books in
            try await books.refund(order)
            let id = try await books.stored(order).id
            books.processor.put(Charge(id: id, status: .captured, amount: .euros(cents: 1999)))
            let notice = try #require(books.processor.notices.last)
            mishap.next = .lostCall
            await #expect(throws: Problem.self) { try await books.tell(notice) }
            mishap.next = nil
            #expect(books.processor.charges[id]?.status == .captured)
            try await books.tell(notice)
            #expect(books.processor.charges[id]?.status == .refunded)
            #expect(try await books.balances()[.suspense] ?? 0 == 0)
            try await books.checkSums()
        }
    }

    @Test func twoNoticesAtOnceAreOne() async throws {
        try await Books.run(SimulatedProcessor(mishap: { .lostAnswer })) { books in
            await #expect(throws: Problem.self) { try await books.charge(order) }
            let notice = try #require(books.processor.notices.first)
            try await withThrowingTaskGroup { group in
                for _ in 1...8 { group.addTask { try await books.tell(notice) } }
                try await group.waitForAll()
            }
            #expect(try await books.transfers(of: notice.chargeId) == [.authorization, .capture, .sale])
        }
    }

    @Test func anotherNoticeWithAKnownIdentifierIsRefusedAndShown() async throws {
        let log = RecordedLog()
        try await Books.run(SimulatedProcessor(mishap: { .lostAnswer })) { books in
            await #expect(throws: Problem.self) { try await books.charge(order) }
            let notice = try #require(books.processor.notices.first)
            try await books.tell(notice)
            var forged = notice
            forged.status = .refunded
            await RequestContext(logger: log.logger).run {
                _ = await #expect(performing: { try await books.tell(forged) }, throws: refused(with: .unprocessable))
            }
            #expect(try await books.stored(order).status == .captured)
            let shown = try await books.payments.reconcile().differences
            #expect(shown.map(\.kind) == [.notice] && shown.first?.payment == notice.chargeId)
            #expect(log.lines.filter { $0.level == .error }.count == 1)
        }
    }

    @Test func anOldNoticeIsRefused() async throws {
        try await Books.run(SimulatedProcessor(mishap: { .lostAnswer })) { books in
            await #expect(throws: Problem.self) { try await books.charge(order) }
            let notice = try #require(books.processor.notices.first)
            for age in [3600.0, -3600] {
                await #expect(
                    performing: { try await books.tell(notice, sentAt: Date() - age) }, throws: refused(with: .unauthorized))
            }
            #expect(try await books.stored(order).status == .pending)
        }
    }

    /// An earlier version of the processor sends neither an identifier nor the amount.
    @Test func aNoticeWithoutAnIdentifierIsKnownByItsContent() async throws {
        try await Books.run(SimulatedProcessor(mishap: { .lostAnswer })) { books in
            await #expect(throws: Problem.self) { try await books.charge(order) }
            let id = try await books.stored(order).id
            for status in [ChargeStatus.captured, .captured, .refunded] { try await books.tell(ChargeNotice(chargeId: id, status: status)) }
            #expect(try await books.stored(order).status == .refunded)
            #expect(try await books.database.count(NoticeRow.all) == 2)
        }
    }

    @Test func aNoticeOfAnUnknownPaymentIsNotRemembered() async throws {
        try await Books.run { books async throws in
            let notice = ChargeNotice(chargeId: .v7(), status: .captured, id: .v7(), amount: .euros(cents: 1))
            for _ in 1...2 {
                await #expect(performing: { try await books.tell(notice) }, throws: refused(with: .notFound))
            }
            #expect(try await books.database.count(NoticeRow.all) == 0)
        }
    }
}
