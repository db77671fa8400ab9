import Foundation
import Synchronization

/// Tells the watchers of an order that it may have changed. A notice has no content, because the database is authoritative: a notice that
/// is missed, or that another process did not send, only causes a delay.
final class OrderNotices: Sendable {
    /// How often every watcher reads the order without a notice, which bounds the delay of a change that it missed.
    private static let pause = Duration.seconds(2)

    private struct Watchers {
        var next = 0
        var all: [Int: (order: UUID, notice: AsyncStream<Void>.Continuation)] = [:]
    }

    private let watchers = Mutex(Watchers())

    /// A notice whenever the order may have changed; unread notices are combined into one.
    func watch(_ order: UUID) -> AsyncStream<Void> {
        let (notices, notice) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let number = watchers.withLock { watchers in
            watchers.next += 1
            watchers.all[watchers.next] = (order, notice)
            return watchers.next
        }
        notice.onTermination = { [weak self] _ in
            self?.watchers.withLock { _ = $0.all.removeValue(forKey: number) }
        }
        return notices
    }

    func tell(_ order: UUID) { tell { $0 == order } }

    /// Makes all watchers read their orders regularly, until it is cancelled.
    func run() async throws {
        while true {
            try await Task.sleep(for: Self.pause)
            tell { _ in true }
        }
    }

    private func tell(_ isTold: (UUID) -> Bool) {
        let told = watchers.withLock { watchers in watchers.all.values.filter { isTold($0.order) } }
        for watcher in told { watcher.notice.yield() }
    }
}
