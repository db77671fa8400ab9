import CatalogAPI
import Foundation
import Money
import OrdersAPI
import RoostData
import RoostHTTP
import RoostSQLite
import RoostSystemTesting
import Synchronization
import Testing

/// Two replicas of orders and of payments under load, while each of them is killed, and while one of each hangs for longer than its lease.
@Suite(.timeLimit(.minutes(8))) struct ReplicaTests {
    private static let sku = "LOAD-0001", stock = 100_000
    /// Longer than a lease.
    private static let hang = Duration.seconds(17)

    @Test func theShopTakesLoadWhileAnyReplicaIsKilledOrHangs() async throws {
        let shop = try await ShopProcess.start([], ["REPLICAS": "orders=2,payments=2"])
        let http = PooledHTTPClient()
        defer { http.shutdown() }
        let administrator = try await Administrator(of: shop, by: http)
        let details = ProductDetails(
            name: "Load", description: "Enough for all.", category: "coffee", price: .euros(cents: 990), stock: Self.stock,
            imageUrl: "/load.svg")
        _ = try await patiently { try await administrator.catalog.put(sku: Self.sku, details) }
        let load = Load()
        var customers: [Customer] = []
        for _ in 0..<3 { customers.append(try await Customer.signedUp(at: shop, by: http)) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for customer in customers { group.addTask { try await load.run(by: customer, Self.sku) } }
            group.addTask {
                defer { load.stop() }
                try await Self.harm(shop, under: load)
            }
            try await group.waitForAll()
        }
        // The faults had an effect: orders of a killed replica continued in the other one.
        let takeovers = shop.text.matches(of: #/Taking over \d+ jobs/#).count
        #expect(takeovers > 0 && shop.text.contains("was killed by signal 9"))
        try await audit(shop, load)
        let bought = load.placed.filter { $0.token != "tok_declined" }.count
        #expect(try await administrator.stock(of: Self.sku) == Self.stock - bought)
        for customer in customers {
            // One mail for each completed order, and the welcome mail.
            let count = load.placed.filter { $0.email == customer.email }.count + 1
            #expect(try await customer.mails(min(count, 100)).count == min(count, 100))
        }
        #expect(await shop.stop() == 0)
    }

    /// Kills each replica in turn, then makes one of each service hang.
    private static func harm(_ shop: ShopProcess, under load: Load) async throws {
        try await load.progress()
        for service in ["orders", "payments"] {
            for victim in shop.replicas(of: service) {
                kill(victim, SIGKILL)
                try await load.progress()
                try await eventually("\(service) has two replicas again", within: .seconds(30)) { shop.replicas(of: service).count == 2 }
            }
        }
        for service in ["orders", "payments"] {
            let victim = try #require(shop.replicas(of: service).first)
            kill(victim, SIGSTOP)
            try await Task.sleep(for: hang)
            kill(victim, SIGCONT)
            try await load.progress()
        }
    }

    /// Checks that every accepted order has its final status and was charged once, in the records of three services.
    private func audit(_ shop: ShopProcess, _ load: Load) async throws {
        let orders = try await shop.databases.open("orders")
        let payments = try await shop.databases.open("payments")
        let processor = try await shop.databases.open("processor")
        try await eventually("all orders end", within: .seconds(90)) {
            try await orders.first("SELECT 1 FROM orders WHERE NOT is_final") == nil
        }
        #expect(try await orders.query("SELECT 1 FROM orders").count == load.placed.count)
        for (id, token, _) in load.placed {
            let steps = try await orders.query("SELECT status FROM order_history WHERE order_id = \(id) ORDER BY number")
            let paid = try await payments.query("SELECT id, status FROM payments WHERE order_id = \(id)")
            #expect(paid.count == 1)
            let charge = try await processor.first("SELECT status FROM charges WHERE id = \(paid.first?.get("id", as: UUID.self))")
            let isDeclined = token == "tok_declined"
            #expect(
                try steps.map { try $0.get("status", as: String.self) }
                    == (isDeclined ? ["pending", "reserved", "declined"] : ["pending", "reserved", "paid", "confirmed"]))
            for row in [paid.first, charge] {
                #expect(try row?.get("status", as: String.self) == (isDeclined ? "declined" : "captured"))
            }
        }
        try await eventually("no work is left", within: .seconds(60)) {
            var left = 0
            for database in [orders, processor] {
                left += try await database.query("SELECT 1 FROM roost_work WHERE state = 'waiting'").count
            }
            return left == 0
        }
        for database in [orders, processor] { #expect(try await database.first("SELECT 1 FROM roost_work WHERE state = 'dead'") == nil) }
        for database in [orders, payments, processor] { await database.close() }
    }
}

extension ShopProcess {
    /// The running processes of a service.
    fileprivate func replicas(of service: String) -> [Int32] { services.filter { $0.value == service }.keys.sorted() }
}

/// Customers who each place one order after the other.
private final class Load: Sendable {
    typealias Placed = (id: UUID, token: String, email: String)

    private let state = Mutex<(placed: [Placed], isOver: Bool)>(([], false))
    private static let tokens = ["tok_ok", "tok_declined", "tok_flaky", "tok_lost", "tok_slow"]

    var placed: [Placed] { state.withLock { $0.placed } }

    func stop() { state.withLock { $0.isOver = true } }

    /// Waits until some more orders have been placed.
    func progress() async throws {
        let wanted = placed.count + 6
        try await eventually("more orders are placed", within: .seconds(90)) { placed.count >= wanted }
    }

    func run(by customer: Customer, _ sku: String) async throws {
        var number = 0
        while !state.withLock({ $0.isOver }) {
            let token = Self.tokens[number % Self.tokens.count]
            number += 1
            let order = try await customer.order(sku, paidBy: token)
            state.withLock { $0.placed.append((order.id, token, customer.email)) }
            // A customer pauses, so that the load is steady while the replicas are harmed.
            try await Task.sleep(for: .milliseconds(300))
        }
    }
}
