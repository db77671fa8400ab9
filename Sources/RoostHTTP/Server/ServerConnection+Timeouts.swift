import NIOCore
import Roost

extension ServerConnection {
    /// Ends what has taken too long.
    func checkTimeouts(_ now: NIODeadline) {
        guard let context else { return }
        let pending = context.channel.unsentBytes
        let writing = timeouts.observeWriting(
            isPending: pending > 0, taken: submitted - pending, now: now, limits: home.limits)
        let reading = timeouts.observe(wait(for: pending), generation: number, received: received, now: now, limits: home.limits)
        switch (writing, reading) {
        case (.close, _), (_, .close): close()
        case (_, .timedOut) where isHandshaking: close()
        case (_, .timedOut(let detail)): timeOut(detail)
        case (_, .overdue): if let exchange { end(overdue: exchange) }
        default: break
        }
    }

    /// Returns what the connection waits for. A client that is slow to receive a response is neither slow to send its next request, which
    /// may wait here unread, nor idle, nor gone.
    /// - Parameter pending: The number of bytes that the client has not received.
    private func wait(for pending: Int) -> ConnectionTimeouts.Wait {
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

    /// Closes the connection if it is idle, and ends an endless response.
    func drain() {
        if case .upgraded(let handler) = phase { return handler.stop() }
        if let exchange, exchange.isLive { return endLive(exchange) }
        guard case .waiting = phase, !isInHead else { return }
        endConnection(lingering: false)
        flush()
    }
}
