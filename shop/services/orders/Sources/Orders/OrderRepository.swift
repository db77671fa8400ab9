import Foundation
import OrdersAPI
import Roost
import RoostData
import RoostEvents
import ShopCommon

/// The orders in the database. Each status is written together with its consequences.
struct OrderRepository: Sendable {
    let database: Database
    let notices = OrderNotices()

    /// Writes a new order, claims the cart's content for it, and starts its workflow, all in one transaction.
    /// - Parameters:
    ///   - draft: The order.
    ///   - begin: Starts the workflow of the order.
    /// - Throws: A `CartClaimed` if another order has some of the content; a `DatabaseError` with the code `.uniqueViolation` if another
    ///   order was written under the same key.
    func add(_ draft: OrderDraft, _ begin: @Sendable (OrderRow, Transaction) async throws -> Void) async throws -> OrderEntry {
        let entry = OrderEntry(draft, at: Date())
        try await database.transaction { transaction in
            try await Self.claim(draft, for: entry.row, in: transaction)
            try await transaction.insert(entry.row)
            try await begin(entry.row, transaction)
            ShopPlace.orderPlacing.reach()
        }
        ShopPlace.orderPlaced.reach()
        return entry
    }

    func row(of id: UUID) async throws -> OrderRow? { try await database.find(OrderRow.self, id) }

    func find(_ id: UUID) async throws -> OrderEntry? {
        let found = try await database.first(OrderRow.with(id).including(OrderHistoryRow.inOrder) { $0.orderId })
        return found.map { OrderEntry($0, history: $1) }
    }

    /// The account's latest order, and when it was placed.
    func latest(of account: UUID) async throws -> (order: UUID, at: Date)? {
        try await database.find(CartClaimRow.self, account).map { ($0.orderId, $0.claimedAt) }
    }

    /// Lists an account's orders, newest first, except those in a state that only a newer version knows.
    func list(of account: UUID, limit: PageLimit, after cursor: PageCursor?) async throws -> Page<Order> {
        let orders = OrderRow.where { $0.accountId == account }.skippingUnknown().order { $0.id.descending }
        let page = orders.including(OrderHistoryRow.inOrder) { $0.orderId }.page(limit, after: cursor)
        return try await database.fetch(page).map { OrderEntry($0, history: $1).order }
    }

    /// Moves an order to its next statuses in a transaction. The final one is published, and the order then keeps nothing of the card.
    ///
    /// An order never goes back, and its present status is not repeated: another version of the service may have begun it.
    /// - Parameters:
    ///   - order: The order.
    ///   - path: The statuses, in order.
    ///   - reason: Why the order ends without being confirmed, if a service refused it.
    ///   - transaction: The transaction.
    func move(_ order: OrderRow, through path: [OrderStatus], because reason: String? = nil, in transaction: Transaction) async throws {
        let now = Date(), id = order.id, path = path.filter { $0 != order.status }
        guard let last = path.last, try await transaction.run(Self.transition(of: id, to: last, because: reason)) == 1 else { return }
        try await transaction.insert(path.map { OrderStepRow(orderId: id, status: $0, at: now) })
        if last.isFinal { try await Self.publish(last, of: order, in: transaction) }
        ShopPlace.orderMoving.reach()
        transaction.onCommit { [notices] in
            ShopPlace.orderMoved.reach()
            notices.tell(id)
        }
    }

    private static func transition(of id: UUID, to status: OrderStatus, because reason: String?) -> RoostData.Change<OrderRow> {
        let before: Query<OrderRow> =
            status.isFinal ? OrderRow.with(id).where { !$0.isFinal } : OrderRow.with(id).where { $0.status == .pending }
        return before.update {
            $0.status.set(status)
            if status.isFinal {
                $0.isFinal.set(true)
                $0.reason.set(reason)
                $0.paymentToken.set("")
            }
        }
    }

    /// The statuses that an order has had, except the first ones, which were seen already.
    func steps(of id: UUID, after seen: Int) async throws -> [OrderStep] {
        let steps = OrderHistoryRow.where { $0.orderId == id }.order { $0.number }
        return try await database.fetch(steps.offset(seen).limit(100)).map(\.step)
    }

    /// Claims the content of a cart at its version. All of it must have been added after the last claim.
    private static func claim(_ draft: OrderDraft, for order: OrderRow, in transaction: Transaction) async throws {
        var rule = ConflictRule<CartClaimRow>.replaceRow.where { last, _ in last.version < draft.cartSince }
        if draft.key == nil { rule = rule.where { last, _ in last.orderId.asOptional == draft.latest } }
        let claim = CartClaimRow(
            accountId: draft.account, version: draft.cartVersion, orderId: order.id, claimedAt: order.createdAt)
        guard try await !transaction.insert(claim, onConflict: rule) else { return }
        throw CartClaimed(order: try await transaction.find(CartClaimRow.self, draft.account)?.orderId ?? order.id)
    }

    private static func publish(_ end: OrderStatus, of row: OrderRow, in transaction: Transaction) async throws {
        try await transaction.publish(
            OrderEnded(
                orderId: row.id, accountId: row.accountId, email: row.email, status: end, items: row.items, total: row.total))
    }
}
