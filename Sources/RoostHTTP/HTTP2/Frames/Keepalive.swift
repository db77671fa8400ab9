import NIOCore

/// Finds out whether a peer that has been silent is still there (RFC 9113 §6.7). Pure.
struct Keepalive {
    enum Verdict {
        case goOn, ping, close
    }

    private var received = -1
    private var since = NIODeadline.uptimeNanoseconds(0)
    private var hasPinged = false

    /// - Parameters:
    ///   - received: bytes received so far, ever.
    ///   - interval: how long the peer may be silent before it is asked.
    ///   - patience: how long it may then take to answer.
    mutating func observe(received: Int, now: NIODeadline, interval: TimeAmount, patience: TimeAmount) -> Verdict {
        if received != self.received {
            self.received = received
            since = now
            hasPinged = false
        }
        let silent = now - since
        if hasPinged { return silent < interval + patience ? .goOn : .close }
        guard silent >= interval else { return .goOn }
        hasPinged = true
        return .ping
    }
}
