import Foundation
import OrdersAPI
import Roost
import RoostData
import RoostEvents
import RoostWork
import ShopCommon

/// The book of orders. Each status is written together with what follows from it.
struct OrderBook: Sendable {
    let database: Database
    /// The orders under way.
    let work: WorkQueue<OrderWork>
    let notices = OrderNotices()

    /// Writes a new order, has it seen through to its end, and claims the cart's content for it, all in one transaction. One that was written under the same key before is
    /// what counts.
    /// - Throws: a `CartClaimed` where another order has some of the content.
    func add(_ draft: OrderDraft) async throws -> OrderEntry {
        try await database.transaction { transaction in
            if let key = draft.idempotencyKey, let earlier = try await Self.find(key: key, of: draft.account, in: transaction) {
                return earlier
            }
            let id = UUID.v7(), now = Date()
            try await Self.claim(draft, for: id, at: now, in: transaction)
            try await transaction.execute(
                """
                INSERT INTO orders (id, account_id, email, status, items, total, address, payment_token, cart_version, idempotency_key,
                    created_at)
                VALUES (\(id), \(draft.account), \(draft.email), \(OrderStatus.pending.rawValue), \(json: draft.items),
                    \(json: draft.cart.total), \(json: draft.order.shippingAddress), \(draft.order.paymentToken), \(draft.cartVersion),
                    \(draft.idempotencyKey), \(now))
                """)
            try await Self.step(id, .pending, at: now, in: transaction)
            try await work.add(OrderWork(order: id), id: id.text, in: transaction)
            return try await Self.one("id = \(id)", in: transaction)
        }
    }

    func find(_ id: UUID) async throws -> OrderEntry? {
        try await database.read { try await Self.all("id = \(id)", in: $0).first }
    }

    func find(key: String, of account: UUID) async throws -> OrderEntry? {
        try await database.read { try await Self.find(key: key, of: account, in: $0) }
    }

    /// The account's latest order, and when it was placed.
    func latest(of account: UUID) async throws -> (order: UUID, at: Date)? {
        guard let row = try await database.first("SELECT * FROM cart_claims WHERE account_id = \(account)") else { return nil }
        return (try row.get("order_id"), try row.get("claimed_at"))
    }

    /// An account's orders, the newest first, but for those in a state that only a newer version knows.
    func list(of account: UUID, limit: PageLimit, after cursor: PageCursor?) async throws -> Page<Order> {
        let condition: SQL = "account_id = \(account) AND id < \(cursor?.key ?? "~") ORDER BY id DESC LIMIT \(limit.count + 1)"
        let entries = try await database.read { try await Self.each(condition, in: $0) }
        let page = Page(entries, limit: limit) { $0.id.text }
        return Page(items: try page.items.compactMap { try $0.entry.ifKnown()?.order }, next: page.next)
    }

    /// Notes that the customer calls an order off, and has it worked on at once.
    /// - Returns: `false` where it has come to its end before.
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
    /// - Returns: `false` where it is not at `status` any more, or was called off and `next` is to be confirmed.
    /// - Throws: a `DatabaseError` with the code `.jobLost` where another replica works on the order.
    func move(by job: ClaimedJob<OrderWork>, from status: OrderStatus, to next: OrderStatus) async throws -> Bool {
        let id = job.job.order
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
            try await Self.publishEnd(of: try await Self.one("id = \(id)", in: transaction), in: transaction)
            try await job.finish(in: transaction)
            return true
        }
        if isMoved { notices.tell(id) }
        return isMoved
    }

    /// Notes why an order can go neither on nor back.
    func note(_ reason: String, of id: UUID) async throws {
        try await database.execute("UPDATE orders SET reason = \(reason) WHERE id = \(id) AND is_final = 0")
    }

    /// The statuses that an order has come to, but for those that were seen.
    func steps(of id: UUID, after seen: Int) async throws -> [OrderStep] {
        let rows = try await database.query("SELECT * FROM order_steps WHERE order_id = \(id) ORDER BY number LIMIT 100 OFFSET \(seen)")
        return try rows.map(OrderStep.init)
    }

    /// Claims the content of a cart at its version. All of it must have been put in after what is claimed already.
    private static func claim(_ draft: OrderDraft, for order: UUID, at date: Date, in transaction: Transaction) async throws {
        var sql: SQL = """
            INSERT INTO cart_claims (account_id, version, order_id, claimed_at)
            VALUES (\(draft.account), \(draft.cartVersion), \(order), \(date))
            ON CONFLICT (account_id) DO UPDATE
            SET version = excluded.version, order_id = excluded.order_id, claimed_at = excluded.claimed_at
            WHERE cart_claims.version < \(draft.cartSince)
            """
        if draft.idempotencyKey == nil { sql = sql + " AND cart_claims.order_id = \(draft.latest)" }
        guard try await transaction.execute(sql) == 0 else { return }
        let claim = try await transaction.first("SELECT order_id FROM cart_claims WHERE account_id = \(draft.account)")
        throw CartClaimed(order: try claim?.get("order_id") ?? order)
    }

    private static func find(key: String, of account: UUID, in transaction: Transaction) async throws -> OrderEntry? {
        try await all("account_id = \(account) AND idempotency_key = \(key)", in: transaction).first
    }

    private static func publishEnd(of entry: OrderEntry, in transaction: Transaction) async throws {
        try await transaction.publish(
            OrderEnded(
                orderId: entry.order.id, accountId: entry.account, email: entry.email, status: entry.order.status,
                items: entry.order.items, total: entry.order.total))
    }

    private static func step(_ id: UUID, _ status: OrderStatus, at date: Date, in transaction: Transaction) async throws {
        _ = try await transaction.execute("INSERT INTO order_steps (order_id, status, at) VALUES (\(id), \(status.rawValue), \(date))")
    }

    private static func one(_ condition: SQL, in transaction: Transaction) async throws -> OrderEntry {
        guard let entry = try await all(condition, in: transaction).first else { throw Problem(.notFound, "There is no such order.") }
        return entry
    }

    private static func all(_ condition: SQL, in transaction: Transaction) async throws -> [OrderEntry] {
        try await each(condition, in: transaction).map { try $0.entry.get() }
    }

    /// Each order by itself: one that cannot be read says nothing of the others.
    private static func each(_ condition: SQL, in transaction: Transaction) async throws
        -> [(id: UUID, entry: Result<OrderEntry, any Error>)]
    {
        let rows = try await transaction.query("SELECT * FROM orders WHERE " + condition)
        let ids = try rows.map { try $0.get("id", as: UUID.self) }
        guard !ids.isEmpty else { return [] }
        let steps = try await transaction.query("SELECT * FROM order_steps WHERE order_id IN \(ids) ORDER BY number")
        let history = try Dictionary(grouping: steps) { try $0.get("order_id", as: UUID.self) }
        return zip(ids, rows).map { id, row in
            (id, Result { try OrderEntry(row, history: (history[id] ?? []).map(OrderStep.init)) })
        }
    }
}
