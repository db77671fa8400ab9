import AccountsTesting
import CartsAPI
import Foundation
import OrdersAPI
import Roost
import RoostEvents
import RoostTesting
import Testing

@Suite struct OrderEndTests {
    @Test func anOrderIsReservedPaidAndConfirmed() async throws {
        let payments = TestPayments()
        try await Shop.run(payments) { shop in
            let stock = try await shop.stock()
            let placed = try await shop.buy(with: "ok")
            #expect(placed.status == .pending && placed.items.map(\.quantity) == [2])
            #expect(placed.total.amount == placed.items[0].unitPrice.amount * 2)
            #expect(try await shop.carts.cart().items.isEmpty)
            let order = try await shop.wait(for: .confirmed, of: placed.id)
            #expect(order.history.map(\.status) == [.pending, .reserved, .paid, .confirmed])
            #expect(try await shop.stock() == stock - 2)
            #expect(await payments.ledger.payments == [order.id: .captured])
        }
    }

    @Test func aDeclinedOrderPutsItsGoodsBack() async throws {
        try await Shop.run { shop in
            let stock = try await shop.stock()
            let order = try await shop.wait(for: .declined, of: shop.buy(with: "bad").id)
            #expect(order.history.map(\.status) == [.pending, .reserved, .declined])
            #expect(try await shop.stock() == stock)
        }
    }

    @Test func anOrderOfMoreThanThereIsIsRejectedAndNotCharged() async throws {
        let payments = TestPayments()
        try await Shop.run(payments) { shop in
            let stock = try await shop.stock()
            let order = try await shop.wait(for: .rejected, of: shop.buy(stock + 1, with: "ok").id)
            #expect(order.history.map(\.status) == [.pending, .rejected])
            #expect(try await shop.stock() == stock)
            #expect(await payments.ledger.payments.isEmpty)
        }
    }

    @Test func aCancelledOrderGivesBackGoodsAndMoney() async throws {
        let payments = TestPayments()
        try await Shop.run(payments) { shop in
            let stock = try await shop.stock()
            let id = try await shop.buy(with: "captured, answer lost").id
            _ = try await shop.wait(for: .reserved, of: id)
            try await eventually("a charge") { await payments.ledger.payments[id] == .captured }
            let cancelled = try await shop.orders.cancel(id: id)
            #expect(cancelled.status == .cancelled && cancelled.history.map(\.status) == [.pending, .reserved, .cancelled])
            #expect(await payments.ledger.payments == [id: .refunded])
            #expect(try await shop.stock() == stock)
            #expect(try await shop.orders.cancel(id: id).history.count == 3)
        }
    }

    @Test func whatIsAtItsEndIsNotCancelled() async throws {
        try await Shop.run { shop in
            for (token, status) in [("ok", OrderStatus.confirmed), ("bad", .declined)] {
                let id = try await shop.wait(for: status, of: shop.buy(with: token).id).id
                await #expect(performing: { try await shop.orders.cancel(id: id) }, throws: refused(with: .conflict))
                #expect(try await shop.orders.order(id: id).status == status)
            }
        }
    }

    @Test func anEndIsPublishedOnce() async throws {
        let folder = try TemporaryFolder()
        try await Shop.run(in: folder) { shop in
            let first = try await shop.wait(for: .confirmed, of: shop.buy(with: "ok", email: "gift@example.com").id)
            let second = try await shop.wait(for: .declined, of: shop.buy(with: "bad").id)
            let bus = try await EmbeddedEventBus.open("sqlite:\(folder.path)/events.db")
            let reader = try await bus.reader(group: "test", topics: [OrderEnded.topic])
            var ends: [OrderEnded] = []
            while ends.count < 2 { ends += try await reader.next(atMost: 10).map { try JSON.decode(from: $0.envelope.data) } }
            #expect(ends.map(\.orderId) == [first.id, second.id])
            #expect(ends.map(\.status) == [.confirmed, .declined])
            #expect(ends[0].email == "gift@example.com" && ends[1].email == "\(ends[1].accountId.text)@example.com")
            reader.close()
            await bus.close()
        }
    }

    @Test func anOrderThatWasCutOffGoesOnAtTheNextStart() async throws {
        let folder = try TemporaryFolder(), accounts = TestAccounts(), customer = UUID.v7()
        let payments = TestPayments()
        var id: UUID?, stock = 0
        try await Shop.run(payments, accounts: accounts, customer: customer, in: folder) { shop in
            stock = try await shop.stock()
            let placed = try await shop.buy(with: "captured, answer lost")
            id = try await shop.wait(for: .reserved, of: placed.id).id
            try await eventually("a charge") { await payments.ledger.payments[placed.id] == .captured }
        }
        let cutOff = try #require(id)
        try await Shop.run(payments.answering(), accounts: accounts, customer: customer, in: folder) { shop in
            let order = try await shop.wait(for: .confirmed, of: cutOff)
            #expect(order.history.map(\.status) == [.pending, .reserved, .paid, .confirmed])
            #expect(try await shop.stock() == stock - 2)
        }
        #expect(await payments.ledger.payments == [cutOff: .captured])
    }
}
