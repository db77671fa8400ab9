import AccountsTesting
import CartsAPI
import CartsTesting
import CatalogAPI
import Foundation
import Money
import OrdersAPI
import Roost
import RoostData
import RoostSQLite
import RoostSystem
import RoostSystemTesting
import Testing

@testable import Orders

/// A cart results in one order, and changes of the cart in the meantime are neither lost nor undone.
@Suite(.timeLimit(.minutes(5))) struct OneCartTests {
    static let order = #"""
        {"paymentToken":"tok_ok","shippingAddress":{"name":"Ada","street":"1 Wren Lane","city":"London","postalCode":"N1","country":"GB"}}
        """#

    @Test(arguments: [0, 5, 10]) func tenOrdersOfOneCartAtOnceAreOne(keyed: Int) async throws {
        try await OrdersSystem.run { system in
            try await system.stock()
            let customer = try await system.customer(mugs: 2)
            try await expectOneOrder(by: [customer], of: customer, keyed: keyed)
            #expect(try await system.mugs == OrdersSystem.stock - 2)
        }
    }

    @Test func twoReplicasMakeOneOrderOfACart() async throws {
        try await withReplica { system, replica, folder in
            try await system.stock(40)
            for _ in 1...5 {
                let customer = try await system.customer(mugs: 2)
                let other = try await replica.customer(customer.id, mugs: 0)
                try await expectOneOrder(by: [customer, other], of: customer, keyed: 0)
            }
            #expect(try await system.mugs == 30)
        }
    }

    /// An order at the same time as a change of a quantity has the same result as one after the other.
    @Test func aQuantityThatChangesBesideAnOrderIsOrderedOrStays() async throws {
        try await OrdersSystem.run { system in
            try await system.stock(1000)
            for _ in 1...20 {
                let customer = try await system.customer(mugs: 1)
                async let change = customer.carts.put(sku: "MUG", CartQuantity(quantity: 3), by: .signedIn)
                let order = try await customer.buy()
                _ = try await change
                let left = try await customer.carts.cart(of: .signedIn).items.map(\.quantity)
                #expect((order.items.map(\.quantity), left) == ([1], [3]) || (order.items.map(\.quantity), left) == ([3], []))
            }
        }
    }

    @Test func whatIsPutInBesideTenOrdersIsOrderedOnceOrStays() async throws {
        try await OrdersSystem.run { system in
            try await system.stock(1000)
            for _ in 1...10 {
                let customer = try await system.customer(mugs: 1)
                async let change = customer.carts.put(sku: "TEA-0001", CartQuantity(quantity: 1), by: .signedIn)
                _ = try await statuses(of: [customer], keyed: 0)
                _ = try await change
                let orders = try await customer.orders.orders(of: .signedIn, limit: nil, cursor: nil).items
                let ordered = orders.flatMap { $0.items.map(\.sku) }
                let left = try await customer.carts.cart(of: .signedIn).items.map(\.sku)
                // A call that arrives after the others have ended finds a new cart, and may order it.
                #expect((1...2).contains(orders.count) && (ordered + left).sorted() == ["MUG", "TEA-0001"])
            }
        }
    }

    @Test func aCartThatIsClearedBesideAnOrderIsOrderedOrNot() async throws {
        try await OrdersSystem.run { system in
            try await system.stock(1000)
            for _ in 1...10 {
                let customer = try await system.customer(mugs: 1)
                async let clearing: Void = customer.carts.clear(by: .signedIn)
                let response = try await customer.http.send(.post, "/orders", json: Self.order)
                try await clearing
                #expect([.created, .unprocessable].contains(response.status))
                #expect(try await customer.carts.cart(of: .signedIn).items.isEmpty)
            }
        }
    }

    /// The carts are down between the order and its check-out, so the cart still shows what was ordered.
    @Test func whatIsOrderedAlreadyIsNotOrderedAgainWithSomethingNew() async throws {
        let folder = try TemporaryFolder()
        try await OrdersSystem.run(in: folder) { system in
            try await system.stock()
            let customer = try await system.customer(mugs: 2)
            let database = try await TestDatabases(in: folder).open("orders")
            // Nobody sees the order through, as if the service were slow.
            let repository = OrderRepository(database: database)
            let carts = try await system.system.client(CartsAPIContract.self, as: .service("orders"))
            let snapshot = try await carts.snapshot(account: customer.id)
            let first = try await repository.add(draft(customer, snapshot, latest: nil)) { _, _ in }
            _ = try await customer.carts.put(sku: "TEA-0001", CartQuantity(quantity: 1), by: .signedIn)
            for headers in [[:], ["idempotency-key": "another"]] as [Headers] {
                let response = try await customer.http.send(.post, "/orders", json: Self.order, headers: headers)
                #expect(response.status == .conflict && response.headers["location"] == "/orders/\(first.order.id.text)")
            }
            try await carts.checkOut(account: customer.id, version: first.row.cartVersion)
            let second = try await customer.buy()
            #expect(second.items.map(\.sku) == ["TEA-0001"])
            await repository.database.close()
        }
    }

    @Test func anOrderAtAPriceThatWasNotShownIsRefused() async throws {
        try await OrdersSystem.run { system in
            try await system.stock()
            let customer = try await system.customer(mugs: 2)
            try await system.price(Money.euros(cents: 2000))
            let refused = try await customer.http.send(.post, "/orders", json: Self.order)
            #expect(refused.status == .conflict && refused.problem.detail?.contains("20.00 EUR") == true)
            #expect(try await customer.carts.cart(of: .signedIn).total == .euros(cents: 4000))
            #expect(try await customer.buy().total == .euros(cents: 4000))
        }
    }

    @Test func aCartOfTwoCurrenciesIsNotOrdered() async throws {
        try await OrdersSystem.run { system in
            try await system.stock()
            let customer = try await system.customer(mugs: 1)
            _ = try await customer.carts.put(sku: "TEA-0001", CartQuantity(quantity: 1), by: .signedIn)
            try await system.price(Money(1850, #require(Currency("JPY"))))
            #expect(try await customer.http.send(.post, "/orders", json: Self.order).status == .conflict)
            #expect(try await customer.orders.orders(of: .signedIn, limit: nil, cursor: nil).items.isEmpty)
        }
    }

    // MARK: Helpers

    /// Places ten orders concurrently, and checks that they are a single order.
    private func expectOneOrder(by replicas: [Customer], of customer: Customer, keyed: Int) async throws {
        let start = ContinuousClock.now
        let statuses = try await statuses(of: replicas, keyed: keyed)
        // A call that a busy machine sends much later finds an empty cart.
        let late: Set<Status> = .now - start > .milliseconds(100) ? [.unprocessable] : []
        // The same key returns the same response again.
        let orders = try await customer.orders.orders(of: .signedIn, limit: nil, cursor: nil).items
        #expect(orders.count == 1 && orders.first?.items.map(\.quantity) == [2])
        #expect(keyed > 0 || statuses.filter { $0 == .created }.count == 1)
        #expect(statuses.contains(.created) && Set(statuses).isSubset(of: late.union([.created, .conflict])), "\(statuses)")
        #expect(try await customer.carts.cart(of: .signedIn).items.isEmpty)
        #expect(try await customer.end(of: #require(orders.first)).status == .confirmed)
    }

    private func statuses(of replicas: [Customer], keyed: Int) async throws -> [Status] {
        try await withThrowingTaskGroup(of: Status.self) { group in
            for number in 0..<10 {
                let http = replicas[number % replicas.count].http
                let headers: Headers = number < keyed ? ["idempotency-key": "one"] : [:]
                group.addTask { try await http.send(.post, "/orders", json: Self.order, headers: headers).status }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
    }

    private func draft(_ customer: Customer, _ snapshot: CartSnapshot, latest: UUID?) throws -> OrderDraft {
        OrderDraft(
            account: customer.id, email: "ada@example.com", order: try JSON.decode(NewOrder.self, from: Array(Self.order.utf8)),
            cart: snapshot.cart, cartVersion: snapshot.version, cartSince: snapshot.since ?? 0, key: nil, latest: latest)
    }

    /// Runs a test with two instances of the orders service on one database.
    private func withReplica(_ test: (OrdersSystem, OrdersSystem, TemporaryFolder) async throws -> Void) async throws {
        let folder = try TemporaryFolder(), accounts = TestAccounts(), key = UUID().uuidString
        try await OrdersSystem.run(["SERVICE_KEY": key], accounts: accounts, in: folder) { system in
            var addresses: [String] = []
            for name in ["accounts", "catalog", "carts", "payments"] {
                addresses.append("\(name)=127.0.0.1:\(try await system.system.port(of: name))")
            }
            try await TestSystem.run(["SERVICE_KEY": key, "ADDRESSES": addresses.joined(separator: ",")], in: folder) {
                OrdersService()
            } test: { replica in
                try await test(system, OrdersSystem(system: replica, accounts: accounts, carts: system.system), folder)
            }
        }
    }
}
