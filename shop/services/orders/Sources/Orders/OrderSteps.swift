import Foundation
import OrdersAPI

/// Every status that an order has had and will have, as it comes to it, up to its end.
struct OrderSteps: AsyncSequence, Sendable {
    let order: UUID
    let book: OrderBook

    func makeAsyncIterator() -> Iterator {
        // The notices are asked for before the book is read, so that nothing falls in between.
        Iterator(order: order, book: book, notices: book.notices.watch(order).makeAsyncIterator())
    }

    struct Iterator: AsyncIteratorProtocol {
        let order: UUID
        let book: OrderBook
        var notices: AsyncStream<Void>.Iterator
        private var ready: ArraySlice<OrderStep> = []
        private var seen = 0
        private var isOver = false

        init(order: UUID, book: OrderBook, notices: AsyncStream<Void>.Iterator) {
            self.order = order
            self.book = book
            self.notices = notices
        }

        mutating func next() async throws -> OrderStep? {
            while ready.isEmpty {
                if isOver { return nil }
                ready = try await book.steps(of: order, after: seen)[...]
                if ready.isEmpty, await notices.next() == nil { throw CancellationError() }
            }
            let step = ready.removeFirst()
            seen += 1
            isOver = step.status.isFinal
            return step
        }
    }
}
