import Foundation
import OrdersAPI
import Roost
import RoostData
import RoostEvents
import RoostWork
import ShopCommon

/// The orders in the database. Each status is written together with its consequences.
struct OrderRepository: Sendable {
    let database: Database
    /// The orders in progress.
    let work: WorkQueue<OrderWork>
    let notices = OrderNotices()

    /// Writes a new order, has it seen through to its end, and claims the cart's content for it, all in one transaction.
    /// - Throws: A `CartClaimed` if another order has some of the content; a `DatabaseError` with the code `.uniqueViolation` if another
    ///   order was written under the same key.
    func add(_ draft: OrderDraft) async throws -> OrderEntry {
        let entry = OrderEntry(draft, at: Date())
        try await database.transaction { transaction in
            try await Self.claim(draft, for: entry.row, in: transaction)
            try await transaction.insert(entry.row)
            try await work.add(OrderWork(order: entry.row.id), id: entry.row.id.text, in: transaction)
            ShopPlace.orderPlacing.reach()
        }
        ShopPlace.orderPlaced.reach()
        return entry
    }

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

    /// Records that the customer cancels an order, and makes its job due immediately.
    /// - Returns: `false` if the order has its final status already.
    func requestCancellation(of id: UUID) async throws -> Bool {
        try await database.transaction { transaction in
            guard try await transaction.run(Self.open(id).update { $0.isCancelled.set(true) }) == 1 else { return false }
            try await work.retry(id.text, in: transaction)
            return true
        }
    }

    /// Records the final status of an order that was refused permanently, before anything is undone.
    /// - Throws: A `DatabaseError` with the code `.jobLost` if another replica works on the order.
    func intend(_ end: OrderStatus, because reason: String, by job: ClaimedJob<OrderWork>) async throws {
        try await database.transaction { transaction in
            let intention = Self.open(job.job.order).update {
                $0.intendedEnd.set(end)
                $0.reason.set(reason)
            }
            try await transaction.run(intention)
            try await job.progress(in: transaction)
        }
    }

    /// Moves an order to its next status. The final one is published, and ends the order's work in the same transaction.
    /// - Parameter entry: The order as it was read.
    /// - Returns: `false` if the order no longer has the status that was read, or was cancelled before it could be confirmed.
    /// - Throws: A `DatabaseError` with the code `.jobLost` if another replica works on the order.
    func move(_ entry: OrderEntry, by job: ClaimedJob<OrderWork>, to next: OrderStatus) async throws -> Bool {
        let id = entry.row.id, status = entry.row.status
        var order = OrderRow.with(id).where { $0.status == status }
        if next == .confirmed { order = order.where { !$0.isCancelled } }
        let move = order.update {
            $0.status.set(next)
            $0.isFinal.set(next.isFinal)
        }
        let isMoved = try await database.transaction { transaction in
            guard try await transaction.run(move) == 1 else { return false }
            try await transaction.insert(OrderStepRow(orderId: id, status: next, at: Date()))
            guard next.isFinal else {
                try await job.progress(in: transaction)
                return true
            }
            try await Self.publish(next, of: entry, in: transaction)
            try await job.finish(in: transaction)
            return true
        }
        if isMoved { notices.tell(id) }
        return isMoved
    }

    /// Records why an order can be neither completed nor undone.
    func note(_ reason: String, of id: UUID) async throws {
        try await database.run(Self.open(id).update { $0.reason.set(reason) })
    }

    /// The statuses that an order has had, except the first ones, which were seen already.
    func steps(of id: UUID, after seen: Int) async throws -> [OrderStep] {
        let steps = OrderHistoryRow.where { $0.orderId == id }.order { $0.number }
        return try await database.fetch(steps.offset(seen).limit(100)).map(\.step)
    }

    /// The order, unless it has its final status.
    private static func open(_ id: UUID) -> Query<OrderRow> { OrderRow.with(id).where { !$0.isFinal } }

    /// Claims the content of a cart at its version. All of it must have been added after the last claim.
    private static func claim(_ draft: OrderDraft, for order: OrderRow, in transaction: Transaction) async throws {
        var rule = ConflictRule<CartClaimRow>.replaceRow.where { last, _ in last.version < draft.cartSince }
        if draft.key == nil { rule = rule.where { last, _ in last.orderId.asOptional == draft.latest } }
        let claim = CartClaimRow(
            accountId: draft.account, version: draft.cartVersion, orderId: order.id, claimedAt: order.createdAt)
        guard try await !transaction.insert(claim, onConflict: rule) else { return }
        throw CartClaimed(order: try await transaction.find(CartClaimRow.self, draft.account)?.orderId ?? order.id)
    }

    private static func publish(_ end: OrderStatus, of entry: OrderEntry, in transaction: Transaction) async throws {
        let row = entry.row
        try await transaction.publish(
            OrderEnded(
                orderId: row.id, accountId: row.accountId, email: row.email, status: end, items: row.items, total: row.total))
    }
}
