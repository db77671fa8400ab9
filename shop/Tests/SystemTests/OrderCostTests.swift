import Accounts
import AccountsTesting
import Carts
import CartsAPI
import Catalog
import CatalogAPI
import Foundation
import InMemoryTracing
import Money
import Notifications
import Orders
import OrdersAPI
import Payments
import Processor
import Roost
import RoostGateway
import RoostSystemTesting
import Testing
import Tracing

/// What the answer to `POST /orders` waits for, of services that run apart, counted in the order's trace.
@Suite(.timeLimit(.minutes(5))) struct OrderCostTests {
    @Test func placingAnOrderTakesFewSteps() async {
        await #expect(processExitsWith: .success) {
            let tracer = TestTracer(), accounts = TestAccounts()
            InstrumentationSystem.bootstrap(tracer)
            try await TestSystem.run(arrangement: .apart) {
                Gateway().authenticating(AccountsService.verifyingTokens)
                accounts
                CatalogService()
                CartsService()
                OrdersService()
                PaymentsService()
                ProcessorService()
                NotificationsService()
            } test: { system in
                let buyer = try await Buyer(in: system, accounts, seenBy: tracer)
                // The first order opens the connections, and fetches the keys by which tokens are verified.
                _ = try await buyer.order(under: nil)
                for key in [nil, UUID().uuidString] {
                    let cost = try await buyer.order(under: key)
                    #expect(cost.exchanges == ["POST /orders", "carts.Carts/Snapshot", "catalog.Catalog/Lookup"])
                    // The session, what was ordered before, the cart, the prices; the claim, the order, its run and the run's job; the cart's
                    // mark, which is read before. What was answered under a key is two statements more, in the same transaction.
                    let reads = key == nil ? 5 : 7
                    #expect(
                        cost.statements == Array(repeating: "INSERT", count: 4) + Array(repeating: "SELECT", count: reads) + ["UPDATE"])
                    // The order with all that belongs to it, and the cart's mark.
                    #expect(cost.commits == ["UPDATE", "transaction"])
                }
            }
        }
    }
}

/// Orders mugs through the gateway, each order a trace of its own.
private struct Buyer {
    let gateway: HTTPTestClient
    let tracer: TestTracer

    init(in system: TestSystem, _ accounts: TestAccounts, seenBy tracer: TestTracer) async throws {
        let catalog = try await system.client(CatalogAPIContract.self, as: .bearer(accounts.token(roles: ["admin"])))
        let mug = ProductDetails(
            name: "Mug", description: "Holds tea.", category: "ceramics", price: .euros(cents: 1850), stock: 10, imageUrl: "/mug.svg")
        _ = try await catalog.put(sku: "MUG", mug)
        gateway = try await system.client(of: "gateway", as: .bearer(accounts.token()))
        self.tracer = tracer
    }

    /// Orders a mug, and counts what that took.
    func order(under key: String?) async throws -> OrderCost {
        _ = try await CartsAPIContract.client(over: gateway).put(sku: "MUG", CartQuantity(quantity: 1), by: .signedIn)
        let order = NewOrder(
            paymentToken: "tok_ok",
            shippingAddress: Address(name: "Ada", street: "1 Wren Lane", city: "London", postalCode: "N1", country: "GB"), email: nil)
        let trace = TraceContext.root()
        var headers: Headers = ["traceparent": trace.traceparent]
        headers["idempotency-key"] = key
        let response = try await gateway.send(.post, "/orders", json: JSON.text(order), headers: headers)
        try #require(response.status == .created)
        let cart = try await CartsAPIContract.client(over: gateway).cart(of: .signedIn)
        #expect(cart.items.isEmpty)
        return try await eventually("the order's answer is traced", within: .seconds(60)) {
            OrderCost(of: tracer.finishedSpans.filter { $0.traceID == trace.traceID }, under: trace.spanID)
        }
    }
}

/// What an answer waited for.
private struct OrderCost {
    /// The calls over the network, from the gateway's on.
    let exchanges: [String]
    /// The SQL statements of all services, those of the store that they share among them.
    let statements: [String]
    /// The transactions that changed something, and wait for the disk.
    let commits: [String]

    /// - Parameters:
    ///   - spans: the whole trace.
    ///   - root: the span that the client sent.
    /// - Returns: `nil` as long as the gateway's span has not ended.
    init?(of spans: [FinishedInMemorySpan], under root: String) {
        guard let door = spans.first(where: { $0.parentSpanID == root }) else { return nil }
        let children = Dictionary(grouping: spans) { $0.parentSpanID ?? "" }
        var waited: [FinishedInMemorySpan] = [], next = [door]
        while let span = next.popLast() {
            waited.append(span)
            // Nobody waits for what takes up a job.
            next += (children[span.spanID] ?? []).filter { $0.kind != .consumer }
        }
        exchanges = waited.filter { $0.kind == .server && $0.spanID != door.spanID }.map(\.operationName).sorted()
        let queries = waited.filter { $0.attributes.get("db.system.name") != nil }
        statements = queries.filter { $0.operationName != "transaction" }.map(\.operationName).sorted()
        commits = queries.filter { $0.operationName == "transaction" || $0.attributes.get("roost.db.commits") != nil }
            .map(\.operationName).sorted()
    }
}
