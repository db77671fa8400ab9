import AccountsAPI
import CartsAPI
import Foundation
import OrderedCarts
import OrdersAPI
import Roost
import RoostWorkflow
import ShopCommon

/// Implements the contract of the orders.
@Service(OrdersAPI.self, publishes: [OrderEnded.self])
struct Orders: OrdersAPI {
    /// How long a cancellation waits for the final status before it returns the order as it is.
    private static let cancellationWait = Duration.seconds(10)

    let repository: OrderRepository
    let workflows: Workflows
    let accounts: any AccountsAPI
    let carts: any CartsAPI
    let ordered: OrderedCarts
    let bursts = OrderBursts()

    func place(_ order: NewOrder, by customer: Principal.Account) async throws -> Order {
        let account = try customer.uuid, key = RequestKey.current
        bursts.begin(by: account)
        defer { bursts.end(by: account) }
        let before = try await repository.beforehand(of: account, under: key)
        if let answer = try before.answer(to: order, under: key) { return answer }
        do {
            return try await place(order, by: customer, after: before.latest, under: key)
        } catch {
            return try await refuse(order, of: account, under: key, because: error)
        }
    }

    /// Returns or throws the outcome of a call that could not place an order: that of another call under its key, or the reason.
    private func refuse(_ order: NewOrder, of account: UUID, under key: RequestKey?, because error: any Error) async throws -> Order {
        if let key, let answer = try await repository.beforehand(of: account, under: key).answer(to: order, under: key) { return answer }
        if let claimed = error as? CartClaimed { bursts.note(claimed.order, by: account) }
        let reason = (error as? CartClaimed)?.problem ?? error
        if let key, let refusal = (reason as? Problem).flatMap(Refusal.init) { try await repository.keep(refusal, of: account, under: key) }
        throw reason
    }

    private func place(
        _ order: NewOrder, by customer: Principal.Account, after latest: (order: UUID, at: Date)?, under key: RequestKey?
    ) async throws -> Order {
        let account = try customer.uuid, arrival = RequestArrival.current
        // Orders placed since the call arrived were placed concurrently.
        if key == nil, let latest, latest.at >= arrival.date { throw CartClaimed(order: latest.order) }
        // The customer has to change a cart that cannot be ordered as it is.
        let snapshot = try await passingOn(.conflict, .unprocessable) { try await carts.snapshot(account: account) }
        if key == nil, let other = bursts.order(by: account) { throw CartClaimed(order: other) }
        guard !snapshot.cart.items.isEmpty else {
            if let other = try await emptied(by: account, beside: arrival) { throw CartClaimed(order: other) }
            throw Problem.invalid([Fault(pointer: "", rule: "cart", message: "the cart is empty: put something in it first")])
        }
        let draft = OrderDraft(
            account: account, email: try await email(for: order, by: customer), order: order, cart: snapshot.cart,
            cartVersion: snapshot.version,
            cartSince: snapshot.since ?? snapshot.version, key: key, latest: latest?.order)
        let placed = try await repository.add(draft) { row, transaction in
            try await workflows.start(OrderFlow.self, PlacedOrder(order: row.id), id: row.id.text, in: transaction)
        }
        bursts.note(placed.row.id, by: account)
        // If this works, the cart is shown without the ordered items at once; the order's first step removes them in any case.
        try? await ordered.note(placed.row.cartVersion, of: account)
        return placed.order
    }

    /// The address for the receipt. Tokens that were issued before tokens contained the address do not have it.
    private func email(for order: NewOrder, by customer: Principal.Account) async throws -> String {
        if let email = order.email ?? customer.email { return email }
        return try await accounts.me(customer).email
    }

    /// The order that emptied the cart after the call arrived, if the call found the cart empty: known in this process, or determined from the
    /// time if another process placed it.
    private func emptied(by account: UUID, beside arrival: RequestArrival) async throws -> UUID? {
        if let order = bursts.order(by: account, beside: arrival.instant) { return order }
        let window = bursts.window(of: account) / .seconds(1)
        guard let latest = try await repository.latest(of: account), latest.at >= arrival.date.addingTimeInterval(-window) else {
            return nil
        }
        return latest.order
    }

    func orders(of customer: Principal.Account, limit: PageLimit?, cursor: PageCursor?) async throws -> Page<Order> {
        try await repository.list(of: customer.uuid, limit: limit ?? .default, after: cursor)
    }

    func order(id: UUID, of customer: Principal.Account) async throws -> Order { try await find(id, of: customer) }

    func watch(id: UUID, of customer: Principal.Account) async throws -> MessageStream<OrderStep> {
        _ = try await find(id, of: customer)
        // The database records each step.
        return MessageStream(OrderSteps(order: id, repository: repository)).replaying()
    }

    func cancel(id: UUID, by customer: Principal.Account) async throws -> Order {
        _ = try await find(id, of: customer)
        guard try await workflows.cancel(id.text) else {
            let order = try await find(id, of: customer)
            if order.status == .cancelled { return order }
            throw Problem(.conflict, "The order is \(order.status.rawValue) and cannot be cancelled any more.")
        }
        ShopPlace.cancellationRequested.reach()
        let steps = OrderSteps(order: id, repository: repository)
        // The result is read from the database, even if this took too long.
        try? await RequestContext.currentOrNew.run(within: Self.cancellationWait) { for try await _ in steps {} }
        return try await find(id, of: customer)
    }

    /// - Throws: A `Problem` with status 404 if the customer has no such order.
    private func find(_ id: UUID, of customer: Principal.Account) async throws -> Order {
        guard let entry = try await repository.find(id), entry.row.accountId == (try customer.uuid) else {
            throw Problem(.notFound, "You have no order \(id.text).")
        }
        return entry.order
    }
}
