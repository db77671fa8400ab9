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
        let entry = OrderEntry(draft, id: .v7(), at: Date())
        let order = entry.order
        try await database.transaction { transaction in
            try await Self.claim(draft, for: order.id, at: order.createdAt, in: transaction)
            try await transaction.execute(
                """
                INSERT INTO orders (id, account_id, email, status, items, total, address, payment_token, cart_version, idempotency_key,
                    request_digest, created_at)
                VALUES (\(order.id), \(draft.account), \(draft.email), \(order.status.rawValue), \(json: order.items),
                    \(json: order.total), \(json: draft.order.shippingAddress), \(draft.order.paymentToken), \(draft.cartVersion),
                    \(draft.key?.text), \(draft.key?.digest), \(order.createdAt))
                """)
            try await work.add(OrderWork(order: order.id), id: order.id.text, in: transaction)
        }
        return entry
    }

    func find(_ id: UUID) async throws -> OrderEntry? {
        try await database.read { try await Self.all("id = \(id)", in: $0).first }
    }

    /// The account's latest order, and when it was placed.
    func latest(of account: UUID) async throws -> (order: UUID, at: Date)? {
        guard let row = try await database.first("SELECT * FROM cart_claims WHERE account_id = \(account)") else { return nil }
        return (try row.get("order_id"), try row.get("claimed_at"))
    }

    /// Lists an account's orders, newest first, except those in a state that only a newer version knows.
    func list(of account: UUID, limit: PageLimit, after cursor: PageCursor?) async throws -> Page<Order> {
        let condition: SQL = "account_id = \(account) AND id < \(cursor?.key ?? "~") ORDER BY id DESC LIMIT \(limit.count + 1)"
        let entries = try await database.read { try await Self.each(condition, in: $0) }
        let page = Page(entries, limit: limit) { $0.id.text }
        return Page(items: try page.items.compactMap { try $0.entry.ifKnown()?.order }, next: page.next)
    }

    /// Records that the customer cancels an order, and makes its job due immediately.
    /// - Returns: `false` if the order has its final status already.
    func requestCancellation(of id: UUID) async throws -> Bool {
        try await database.transaction { transaction in
            let changed = try await transaction.execute("UPDATE orders SET is_cancelled = 1 WHERE id = \(id) AND is_final = 0")
            guard changed == 1 else { return false }
            try await work.retry(id.text, in: transaction)
            return true
        }
    }

    /// Notes what an order that was refused for good is to end as, before anything of it is put back.
    /// - Throws: a `DatabaseError` with the code `.jobLost` where another replica works on the order.
    func intend(_ end: OrderStatus, because reason: String, by job: ClaimedJob<OrderWork>) async throws {
        try await database.transaction { transaction in
            try await transaction.execute(
                "UPDATE orders SET intended_end = \(end.rawValue), reason = \(reason) WHERE id = \(job.job.order) AND is_final = 0")
            try await job.progress(in: transaction)
        }
    }

    /// Moves an order on. With its end, which is published, its work is over in the same transaction.
    /// - Parameter entry: The order as it was read.
    /// - Returns: `false` where it is not at that status any more, or was called off and `next` is to be confirmed.
    /// - Throws: A `DatabaseError` with the code `.jobLost` if another replica works on the order.
    func move(_ entry: OrderEntry, by job: ClaimedJob<OrderWork>, to next: OrderStatus) async throws -> Bool {
        let id = entry.order.id, status = entry.order.status
        let isMoved = try await database.transaction { transaction in
            var sql: SQL = """
                UPDATE orders SET status = \(next.rawValue), is_final = \(next.isFinal) WHERE id = \(id) AND status = \(status.rawValue)
                """
            if next == .confirmed { sql = sql + " AND is_cancelled = 0" }
            guard try await transaction.execute(sql) == 1 else { return false }
            try await Self.step(id, next, at: Date(), in: transaction)
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
        try await database.execute("UPDATE orders SET reason = \(reason) WHERE id = \(id) AND is_final = 0")
    }

    /// The statuses that an order has had, except the first ones, which were seen already.
    func steps(of id: UUID, after seen: Int) async throws -> [OrderStep] {
        let rows = try await database.query("SELECT * FROM order_history WHERE order_id = \(id) ORDER BY number LIMIT 100 OFFSET \(seen)")
        return try rows.map(OrderStep.init)
    }

    /// Claims the content of a cart at its version. All of it must have been added after the last claim.
    private static func claim(_ draft: OrderDraft, for order: UUID, at date: Date, in transaction: Transaction) async throws {
        var sql: SQL = """
            INSERT INTO cart_claims (account_id, version, order_id, claimed_at)
            VALUES (\(draft.account), \(draft.cartVersion), \(order), \(date))
            ON CONFLICT (account_id) DO UPDATE
            SET version = excluded.version, order_id = excluded.order_id, claimed_at = excluded.claimed_at
            WHERE cart_claims.version < \(draft.cartSince)
            """
        if draft.key == nil { sql = sql + " AND cart_claims.order_id = \(draft.latest)" }
        guard try await transaction.execute(sql) == 0 else { return }
        let claim = try await transaction.first("SELECT order_id FROM cart_claims WHERE account_id = \(draft.account)")
        throw CartClaimed(order: try claim?.get("order_id") ?? order)
    }

    private static func publish(_ end: OrderStatus, of entry: OrderEntry, in transaction: Transaction) async throws {
        try await transaction.publish(
            OrderEnded(
                orderId: entry.order.id, accountId: entry.account, email: entry.email, status: end,
                items: entry.order.items, total: entry.order.total))
    }

    private static func step(_ id: UUID, _ status: OrderStatus, at date: Date, in transaction: Transaction) async throws {
        _ = try await transaction.execute("INSERT INTO order_steps (order_id, status, at) VALUES (\(id), \(status.rawValue), \(date))")
    }

    private static func all(_ condition: SQL, in database: some Querying) async throws -> [OrderEntry] {
        try await each(condition, in: database).map { try $0.entry.get() }
    }

    /// Reads each order separately, so that one that cannot be read does not affect the others.
    private static func each(_ condition: SQL, in database: some Querying) async throws
        -> [(id: UUID, entry: Result<OrderEntry, any Error>)]
    {
        let rows = try await database.query("SELECT * FROM orders WHERE " + condition)
        let ids = try rows.map { try $0.get("id", as: UUID.self) }
        guard !ids.isEmpty else { return [] }
        let steps = try await database.query("SELECT * FROM order_history WHERE order_id IN \(ids) ORDER BY number")
        let history = try Dictionary(grouping: steps) { try $0.get("order_id", as: UUID.self) }
        return zip(ids, rows).map { id, row in
            (id, Result { try OrderEntry(row, history: (history[id] ?? []).map(OrderStep.init)) })
        }
    }
}
