import Foundation
import Money
import PaymentsAPI
import ProcessorAPI
import Roost
import RoostData
import RoostSystemTesting
import Synchronization
import Testing

@testable import Payments

/// Charges, refunds, notices, comparisons and restarts in random order and at the same time, while calls and answers get lost.
@Suite(.timeLimit(.minutes(5))) struct InterleavingTests {
    private enum Action: Sendable {
        case charge(UUID, String), refund(UUID), notice(UInt64), reconcile, restart
    }

    /// The actions that are left.
    private final class Schedule: Sendable {
        private let actions: Mutex<[Action]>

        init(_ actions: [Action]) { self.actions = Mutex(actions) }

        func next() -> Action? { actions.withLock { $0.popLast() } }
    }

    @Test(arguments: UInt64(1)...6) func theBooksBalanceAndEveryPaymentHasOneCharge(seed: UInt64) async throws {
        let random = Mutex(SeededRandom(seed)), isHealed = Atomic(false)
        let processor = SimulatedProcessor(mishap: {
            isHealed.load(ordering: .relaxed) ? nil : random.withLock { Self.mishap(from: &$0) }
        })
        try await Books.run(processor) { books in
            let orders = (0..<12).map { _ in UUID.v7() }
            let refunded = Set(orders.prefix(5))
            let schedule = Schedule(random.withLock { Self.actions(orders, refunded, from: &$0) })
            try await withThrowingTaskGroup { group in
                for _ in 1...6 {
                    group.addTask {
                        var payments = books.payments
                        while let action = schedule.next() {
                            try await Self.take(action, with: &payments, books)
                            let balances = try await payments.balance()
                            #expect(balances.balanced)
                            #expect(balances.accounts.reduce(0) { $0 + $1.balance.amount } == 0)
                        }
                    }
                }
                try await group.waitForAll()
            }
            // Everyone asks until there is an answer, as the orders service does, and every notice arrives in the end.
            for order in orders.shuffled() {
                try await Self.persist { _ = try await books.charge(order, Self.token(of: order, in: orders)) }
                if refunded.contains(order) { try await Self.persist { try await books.refund(order) } }
            }
            for notice in processor.notices.shuffled() { try await Self.persist { try await books.tell(notice) } }
            isHealed.store(true, ordering: .relaxed)
            for order in orders { try await books.age(order) }
            // The refunds that a comparison asks for are in the record of the next one.
            for _ in 1...2 { _ = try await books.payments.reconcile() }
            try await check(books, orders, refunded)
        }
    }

    private func check(_ books: Books, _ orders: [UUID], _ refunded: Set<UUID>) async throws {
        try await books.checkSums()
        let charges = books.processor.charges
        var sales = 0, refunds = 0
        for order in orders {
            let row = try await books.stored(order), charge = charges[row.id]
            switch row.status {
            case .captured: #expect(charge?.status == .captured && !refunded.contains(order))
            case .refunded: #expect(charge?.status == .refunded && refunded.contains(order))
            case .declined: #expect(charge?.status != .captured)
            case .void: #expect(charge == nil && refunded.contains(order))
            case .pending: Issue.record("\(order) has no outcome")
            }
            #expect(row.token.isEmpty)
            if row.status.wasCaptured { sales -= row.amount.amount }
            if row.status == .refunded { refunds += row.amount.amount }
        }
        #expect(try await books.database.count(PaymentRow.all) == orders.count)
        #expect(charges.count <= orders.count)
        let balances = try await books.balances()
        #expect(balances[.clearing] == nil && balances[.payables] == nil && balances[.suspense] == nil)
        #expect(balances[.sales] ?? 0 == sales && balances[.refunds] ?? 0 == refunds)
    }

    private static func actions(_ orders: [UUID], _ refunded: Set<UUID>, from random: inout SeededRandom) -> [Action] {
        var actions: [Action] = []
        for order in orders {
            let token = token(of: order, in: orders)
            for _ in 0...Int.random(in: 0...3, using: &random) { actions.append(.charge(order, token)) }
            if refunded.contains(order) { actions += [.refund(order), .refund(order)] }
        }
        for _ in 1...30 { actions.append(.notice(random.next())) }
        for _ in 1...5 { actions += [.reconcile, .restart] }
        return actions.shuffled(using: &random)
    }

    /// Every fourth order is paid with a card that is declined.
    private static func token(of order: UUID, in orders: [UUID]) -> String {
        (orders.firstIndex(of: order) ?? 0) % 4 == 3 ? "tok_declined" : "tok_ok"
    }

    private static func mishap(from random: inout SeededRandom) -> SimulatedProcessor.Mishap? {
        switch Int.random(in: 0..<20, using: &random) {
        case 0..<4: .lostCall
        case 4..<8: .lostAnswer
        case 8: .contradiction
        default: nil
        }
    }

    private static func take(_ action: Action, with payments: inout Payments, _ books: Books) async throws {
        do {
            switch action {
            case .charge(let order, let token): _ = try await payments.charge(.of(order, token, cents: 1000))
            case .refund(let order): try await payments.refund(RefundRequest(orderId: order))
            case .notice(let number):
                let notices = books.processor.notices
                if !notices.isEmpty { try await books.tell(notices[Int(number % UInt64(notices.count))]) }
            case .reconcile: _ = try await payments.reconcile()
            case .restart: payments = books.restarted()
            }
        } catch let problem as Problem where problem.status == .unavailable || problem.status == .unprocessable {
            // A call or an answer was lost.
        }
    }

    private static func persist(_ body: () async throws -> Void) async throws {
        for _ in 1...200 {
            do {
                return try await body()
            } catch let problem as Problem where problem.status == .unavailable || problem.status == .unprocessable {
                continue
            }
        }
        Issue.record("there was no answer")
    }
}

/// Reproducible random numbers (SplitMix64: Steele, Lea and Flood, "Fast Splittable Pseudorandom Number Generators", 2014).
struct SeededRandom: RandomNumberGenerator {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = (state ^ (state >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}
