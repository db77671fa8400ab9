import NIOCore

/// Determines when a connection has waited too long for its client. It is updated regularly with what the connection waits for.
struct ConnectionTimeouts {
    /// What a connection waits for.
    enum Wait: Hashable {
        case request, head, body, handler, goodbye
        /// Nothing with a time limit, or the limit is checked elsewhere.
        case nothing
    }

    enum Verdict: Hashable {
        case proceed
        /// Respond with 408 and close the connection.
        case timedOut(String)
        /// Cancel the handler, which has taken too long, and respond with 504.
        case overdue
        case close
    }

    private var wait = Wait.request
    private var generation = -1
    private var since = NIODeadline.uptimeNanoseconds(0)
    private var receivedBefore = 0
    private var takenBefore = 0
    /// The time since which there are bytes that the client has not received.
    private var pendingSince: NIODeadline?

    /// Checks the time of a wait.
    /// - Parameters:
    ///   - wait: What the connection waits for.
    ///   - generation: The number of the request. For another request, the time of the same wait begins again.
    ///   - received: The total number of bytes received.
    mutating func observe(_ wait: Wait, generation: Int, received: Int, now: NIODeadline, limits: HTTPLimits) -> Verdict {
        if wait != self.wait || generation != self.generation {
            self.wait = wait
            self.generation = generation
            restart(now, received)
        }
        let waited = now - since
        switch wait {
        case .request: return waited < TimeAmount(limits.idleTimeout) ? .proceed : .close
        case .head: return waited < TimeAmount(limits.headTimeout) ? .proceed : .timedOut("The request's head took too long.")
        case .goodbye: return waited < Self.goodbye ? .proceed : .close
        case .handler: return limits.responseTimeout.map { waited >= TimeAmount($0) } == true ? .overdue : .proceed
        case .nothing: return .proceed
        case .body:
            guard waited >= TimeAmount(limits.bodyTimeout) else { return .proceed }
            guard received - receivedBefore >= Self.wanted(limits.bodyRate, limits.bodyTimeout) else {
                return .timedOut("The request's body took too long.")
            }
            restart(now, received)
            return .proceed
        }
    }

    /// Checks whether the client receives its response.
    /// - Parameters:
    ///   - isPending: Whether there are bytes that the client has not received.
    ///   - taken: The total number of bytes that it has received.
    mutating func observeWriting(isPending: Bool, taken: Int, now: NIODeadline, limits: HTTPLimits) -> Verdict {
        if isPending, let pendingSince {
            guard now - pendingSince >= TimeAmount(limits.writeTimeout) else { return .proceed }
            guard taken - takenBefore >= Self.wanted(limits.writeRate, limits.writeTimeout) else { return .close }
        }
        takenBefore = taken
        pendingSince = isPending ? now : nil
        return .proceed
    }

    private static func wanted(_ rate: Int, _ time: Duration) -> Int { max(1, Int(Double(rate) * (time / .seconds(1)))) }

    private mutating func restart(_ now: NIODeadline, _ received: Int) {
        since = now
        receivedBefore = received
    }

    /// How long a closing connection may continue to send before it is aborted.
    private static let goodbye = TimeAmount.seconds(2)
}
