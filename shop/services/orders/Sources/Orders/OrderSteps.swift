import Foundation
import OrdersAPI

/// Every status that an order has had, and each new one when the order reaches it, up to the final one.
struct OrderSteps: AsyncSequence, Sendable {
    let order: UUID
    let repository: OrderRepository

    func makeAsyncIterator() -> Iterator {
        // The watcher subscribes to the notices before it reads the order, so that no change is missed in between.
        Iterator(order: order, repository: repository, notices: repository.notices.watch(order).makeAsyncIterator())
    }

    struct Iterator: AsyncIteratorProtocol {
        let order: UUID
        let repository: OrderRepository
        var notices: AsyncStream<Void>.Iterator
        private var ready: ArraySlice<OrderStep> = []
        private var seen = 0
        private var isOver = false

        init(order: UUID, repository: OrderRepository, notices: AsyncStream<Void>.Iterator) {
            self.order = order
            self.repository = repository
            self.notices = notices
        }

        mutating func next() async throws -> OrderStep? {
            while ready.isEmpty {
                if isOver { return nil }
                ready = try await repository.steps(of: order, after: seen)[...]
                if ready.isEmpty, await notices.next() == nil { throw CancellationError() }
            }
            let step = ready.removeFirst()
            seen += 1
            isOver = step.status.isFinal
            return step
        }
    }
}
