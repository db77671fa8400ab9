import AccountsAPI
import CartsAPI
import Foundation
import OrdersAPI
import Roost
import ShopCommon

/// Answers for the orders' contract.
@Service(OrdersAPI.self, publishes: [OrderEnded.self])
struct Orders: OrdersAPI {
    /// How long a cancellation waits for the order's end before it answers with what is known.
    private static let patience = Duration.seconds(10)

    let book: OrderBook
    let accounts: any AccountsAPI
    let carts: any CartsAPI
    let placements = Placements()

    func place(_ order: NewOrder) async throws -> Order {
        let context = RequestContext.current
        let account = try context.principal.accountID
        if let key = context.idempotencyKey, let earlier = try await book.find(key: key, of: account) {
            guard earlier.isAsked(by: order) else {
                throw Problem(.unprocessable, "This Idempotency-Key was used with another request.")
            }
            return earlier.order
        }
        placements.begin(by: account)
        defer { placements.end(by: account) }
        do {
            return try await place(order, by: account, key: context.idempotencyKey)
        } catch let claimed as CartClaimed {
            placements.note(claimed.order, by: account)
            throw claimed.problem
        }
    }

    private func place(_ order: NewOrder, by account: UUID, key: String?) async throws -> Order {
        let arrival = Arrival.current
        let latest = try await book.latest(of: account)
        // What was placed since the call came was placed beside it.
        if key == nil, let latest, latest.at >= arrival.date { throw CartClaimed(order: latest.order) }
        // A cart that cannot be ordered as it is, the customer has to change.
        let snapshot = try await passingOn(.conflict, .unprocessable) { try await carts.snapshot(account: account) }
        if key == nil, let other = placements.order(by: account) { throw CartClaimed(order: other) }
        guard !snapshot.cart.items.isEmpty else {
            if let other = try await emptied(by: account, beside: arrival) { throw CartClaimed(order: other) }
            throw Problem.invalid([Fault(pointer: "", rule: "cart", message: "the cart is empty: put something in it first")])
        }
        let email = if let email = order.email { email } else { try await accounts.me().email }
        let draft = OrderDraft(
            account: account, email: email, order: order, cart: snapshot.cart, cartVersion: snapshot.version,
            cartSince: snapshot.since ?? snapshot.version, idempotencyKey: key, latest: latest?.order)
        let placed = try await book.add(draft)
        placements.note(placed.order.id, by: account)
        // The cart is emptied at once where that works; the order's first step sees to it in any case.
        try? await carts.checkOut(account: account, version: placed.cartVersion)
        return placed.order
    }

    /// The order that emptied the cart after a call came which found it empty: in this process, or by the clock in another.
    private func emptied(by account: UUID, beside arrival: Arrival) async throws -> UUID? {
        if let order = placements.order(by: account, beside: arrival.instant) { return order }
        let window = placements.window(of: account) / .seconds(1)
        guard let latest = try await book.latest(of: account), latest.at >= arrival.date.addingTimeInterval(-window) else { return nil }
        return latest.order
    }

    func orders(limit: PageLimit?, cursor: PageCursor?) async throws -> Page<Order> {
        try await book.list(of: RequestContext.current.principal.accountID, limit: limit ?? .default, after: cursor)
    }

    func order(id: UUID) async throws -> Order { try await find(id) }

    func watch(id: UUID) async throws -> MessageStream<OrderStep> {
        _ = try await find(id)
        // The book remembers each step.
        return MessageStream(OrderSteps(order: id, book: book)).replaying()
    }

    func cancel(id: UUID) async throws -> Order {
        _ = try await find(id)
        guard try await book.requestCancellation(of: id) else {
            let order = try await find(id)
            if order.status == .cancelled { return order }
            throw Problem(.conflict, "The order is \(order.status.rawValue) and cannot be cancelled any more.")
        }
        let steps = OrderSteps(order: id, book: book)
        // What it came to is read from the book, also where this took too long.
        try? await RequestContext.current.run(within: Self.patience) { for try await _ in steps {} }
        return try await find(id)
    }

    /// - Throws: a `Problem` with status 404 where the caller has no such order.
    private func find(_ id: UUID) async throws -> Order {
        let account = try RequestContext.current.principal.accountID
        guard let entry = try await book.find(id), entry.account == account else {
            throw Problem(.notFound, "You have no order \(id.text).")
        }
        return entry.order
    }
}
