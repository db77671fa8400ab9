import CartsAPI
import CartsTesting
import Foundation
import OrdersAPI
import Roost
import RoostGRPC
import RoostHTTP
import RoostSystemTesting
import Testing

/// The same cart ordered concurrently over both protocols, in the real shop.
@Suite(.serialized, .timeLimit(.minutes(5))) struct OneCartTests {
    @Test(arguments: [[], ["--together"]])
    func ordersOfOneCartAtOnceAreOneOverEveryWire(arguments: [String]) async throws {
        let shop = try await ShopProcess.start(arguments)
        let http = PooledHTTPClient(), caller = ServiceCaller.grpc(to: shop.address, as: ServiceIdentity(name: "tests"))
        defer { http.shutdown() }
        let administrator = try await Administrator(of: shop, by: http)
        let customer = try await Customer.signedUp(at: shop, by: http)
        let before = try await administrator.stock(of: "TEA-0001")
        for round in 1...3 {
            _ = try await customer.carts.put(sku: "TEA-0001", CartQuantity(quantity: 2), by: .signedIn)
            let start = ContinuousClock.now
            let answers = try await answers(to: customer, over: OrdersAPIContract.client(over: caller))
            // A call that a busy machine sends much later finds an empty cart.
            let late: Set<Status> = .now - start > .milliseconds(100) ? [.unprocessable] : []
            #expect(answers.filter { $0 == .created }.count == 1, "\(answers)")
            #expect(Set(answers).isSubset(of: late.union([.created, .conflict])), "\(answers)")
            let orders = try await customer.orders.orders(of: .signedIn, limit: nil, cursor: nil).items
            #expect(orders.count == round)
            let order = try await customer.end(of: #require(orders.first).id)
            #expect(order.status == .confirmed)
            #expect(try await administrator.payments(for: order.id).map(\.amount) == [order.total])
            #expect(try await administrator.stock(of: "TEA-0001") == before - 2 * round)
            #expect(try await customer.carts.cart(of: .signedIn).items.isEmpty)
        }
        caller.close()
        #expect(await shop.stop() == 0)
    }

    /// Places five orders over each protocol concurrently.
    private func answers(to customer: Customer, over remote: any OrdersAPI) async throws -> [Status] {
        let order = NewOrder(paymentToken: "tok_ok", shippingAddress: Customer.address, email: nil)
        var context = RequestContext()
        context.authorization = "Bearer \(customer.token)"
        return await withTaskGroup(of: Status.self) { [context] group in
            for _ in 0..<5 {
                group.addTask { await answer { _ = try await customer.orders.place(order, by: .signedIn) } }
                group.addTask { await context.run { await answer { _ = try await remote.place(order, by: .signedIn) } } }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
    }
}

/// The status of a call's response; 201 if it succeeds.
private func answer(to call: () async throws -> Void) async -> Status {
    do {
        try await call()
        return .created
    } catch {
        return (error as? Problem)?.status ?? .internalError
    }
}
