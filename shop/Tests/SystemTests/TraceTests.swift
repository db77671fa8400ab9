import AccountsTesting
import Carts
import CartsAPI
import Catalog
import CatalogAPI
import Foundation
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

/// The trace of an order. (Only one tracer can be bootstrapped in a process, so the test runs in a process of its own.)
@Suite(.timeLimit(.minutes(5))) struct TraceTests {
    @Test func anOrderIsOneTraceFromTheGatewayToItsMail() async {
        await #expect(processExitsWith: .success) {
            let tracer = TestTracer(), accounts = TestAccounts(), trace = TraceContext.root()
            InstrumentationSystem.bootstrap(tracer)
            try await TestSystem.run {
                Gateway()
                accounts
                CatalogService()
                CartsService()
                OrdersService()
                PaymentsService()
                ProcessorService()
                NotificationsService()
            } test: { system in
                try await order(in: system, accounts, as: trace)
                let expected: Set = [
                    "server POST /orders", "internal carts.Carts/Snapshot", "client transaction", "consumer process run orders.flow/1",
                    "internal payments.Payments/Charge", "producer send orders.ended", "consumer process orders.ended",
                ]
                let spans = try await eventually("the order's spans have ended", within: .seconds(60)) {
                    let spans = tracer.finishedSpans.filter { $0.traceID == trace.traceID }
                    return expected.isSubset(of: spans.map { "\($0.kind) \($0.operationName)" }) ? spans : nil
                }
                // The spans of the gateway and of the service.
                #expect(spans.filter { $0.operationName == "POST /orders" }.count == 2)
                let handled = try #require(spans.first { $0.operationName == "process orders.ended" })
                #expect(spans.contains { $0.operationName == "transaction" && $0.parentSpanID == handled.spanID })
            }
        }
    }
}

/// Buys a mug through the gateway, as part of a trace that was started outside.
private func order(in system: TestSystem, _ accounts: TestAccounts, as trace: TraceContext) async throws {
    let catalog = try await system.client(CatalogAPIContract.self, as: .bearer(accounts.token(roles: ["admin"])))
    let mug = ProductDetails(
        name: "Mug", description: "Holds tea.", category: "ceramics", price: .euros(cents: 1850), stock: 10, imageUrl: "/mug.svg")
    _ = try await catalog.put(sku: "MUG", mug)
    let gateway = try await system.client(of: "gateway", as: .bearer(accounts.token()))
    _ = try await CartsAPIContract.client(over: gateway).put(sku: "MUG", CartQuantity(quantity: 1), by: .signedIn)
    let order = NewOrder(
        paymentToken: "tok_ok",
        shippingAddress: Address(name: "Ada", street: "1 Wren Lane", city: "London", postalCode: "N1", country: "GB"), email: nil)
    let headers: Headers = ["traceparent": trace.traceparent, "idempotency-key": UUID().uuidString]
    #expect(try await gateway.send(.post, "/orders", json: JSON.text(order), headers: headers).status == .created)
}
