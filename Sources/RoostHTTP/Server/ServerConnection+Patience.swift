import NIOCore
import Roost

extension ServerConnection {
    /// Ends what has taken too long.
    func checkPatience(_ now: NIODeadline) {
        guard let context else { return }
        let pending = context.channel.unsentBytes
        let writing = patience.observeWriting(
            isPending: pending > 0, taken: submitted - pending, now: now, limits: home.limits)
        let reading = patience.observe(wait(for: pending), generation: number, received: received, now: now, limits: home.limits)
        switch (writing, reading) {
        case (.close, _), (_, .close): close()
        case (_, .timedOut) where isHandshaking: close()
        case (_, .timedOut(let detail)): timeOut(detail)
        case (_, .overdue): if let exchange { end(overdue: exchange) }
        default: break
        }
    }

    /// What the connection waits for. Who is slow to take a response is not slow to send the next request, which may wait here unread,
    /// nor idle, nor gone.
    /// - Parameter pending: bytes that the client has not taken.
    private func wait(for pending: Int) -> Patience.Wait {
        switch phase {
        case .waiting where pending > 0 && !isHandshaking, .lingering where pending > 0: .nothing
        case .waiting: isHandshaking || isInHead ? .head : .request
        case .gathering, .draining: .body
        case .serving where !isBodyComplete && !isBroken && exchange?.pipe?.hasRoom == true: .body
        case .serving: exchange?.plan == nil ? .handler : .nothing
        case .lingering: .goodbye
        case .upgraded, .closed: .nothing
        }
    }

    private var isInHead: Bool { decoder.isInHead || choice?.bytes.readableBytes ?? 0 > 0 }

    private func timeOut(_ detail: String) {
        fail(WireFault(.requestTimeout, detail))
        flush()
    }

    /// What is idle closes, and what would go on for ever is told to end.
    func drain() {
        if case .upgraded(let successor) = phase { return successor.stop() }
        if let exchange, exchange.isLive { return endLive(exchange) }
        guard case .waiting = phase, !isInHead else { return }
        endConnection(lingering: false)
        flush()
    }
}
