import NIOCore

/// Detects by pings whether a silent peer is still there (RFC 9113 §6.7). It does no I/O.
struct Keepalive {
    enum Verdict {
        case proceed, ping, close
    }

    private var received = -1
    private var since = NIODeadline.uptimeNanoseconds(0)
    private var hasPinged = false

    /// Returns what to do at this time.
    /// - Parameters:
    ///   - received: The total number of bytes received so far.
    ///   - now: The current time.
    ///   - interval: How long the peer may be silent before it is pinged.
    ///   - timeout: How long the peer may take to answer a ping.
    mutating func observe(received: Int, now: NIODeadline, interval: TimeAmount, timeout: TimeAmount) -> Verdict {
        if received != self.received {
            self.received = received
            since = now
            hasPinged = false
        }
        let silent = now - since
        if hasPinged { return silent < interval + timeout ? .proceed : .close }
        guard silent >= interval else { return .proceed }
        hasPinged = true
        return .ping
    }
}
