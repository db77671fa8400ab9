import Roost

/// What goes out on a stream: how much of it waits for the peer's windows, and who waits with it.
struct StreamOutput {
    /// Bytes that were handed over and are not on their way.
    private(set) var pending = 0
    /// Bytes that went on their way, ever.
    private(set) var written = 0
    /// Whether this side's last frame has gone.
    private(set) var isComplete = false
    private var waiter: CheckedContinuation<Void, any Error>?

    /// As many bytes may be pending before their maker has to wait.
    private static let capacity = 64 << 10

    var hasRoom: Bool { pending < Self.capacity }

    mutating func submit(_ count: Int) { pending += count }

    mutating func note(written count: Int, isLast: Bool) {
        pending -= count
        written += count
        if isLast { isComplete = true }
        if hasRoom { waiter.take()?.resume() }
    }

    mutating func awaitRoom(_ waiter: CheckedContinuation<Void, any Error>) {
        if hasRoom { waiter.resume() } else { self.waiter = waiter }
    }

    /// Nothing more goes out.
    mutating func fail(_ error: any Error) { waiter.take()?.resume(throwing: error) }
}
