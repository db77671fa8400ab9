import NIOCore

/// Decides when a connection has waited too long for its client. Pure: it is told now and then what the connection waits for.
struct Patience {
    /// What a connection waits for.
    enum Wait: Hashable {
        case request, head, body, handler, goodbye
        /// What has no time limit, or one that is seen to elsewhere.
        case nothing
    }

    enum Verdict: Hashable {
        case goOn
        /// The request is answered with 408 and the connection closed.
        case timedOut(String)
        /// The handler has taken too long: it is cancelled and the request answered with 504.
        case overdue
        case close
    }

    private var wait = Wait.request
    private var generation = -1
    private var since = NIODeadline.uptimeNanoseconds(0)
    private var receivedBefore = 0
    private var takenBefore = 0
    /// Since when there have been bytes that the client has not taken.
    private var pendingSince: NIODeadline?

    /// - Parameters:
    ///   - wait: what the connection waits for now.
    ///   - generation: the number of the request; the same wait for another request begins anew.
    ///   - received: bytes received so far, ever.
    mutating func observe(_ wait: Wait, generation: Int, received: Int, now: NIODeadline, limits: HTTPLimits) -> Verdict {
        if wait != self.wait || generation != self.generation {
            self.wait = wait
            self.generation = generation
            restart(now, received)
        }
        let waited = now - since
        switch wait {
        case .request: return waited < TimeAmount(limits.idleTimeout) ? .goOn : .close
        case .head: return waited < TimeAmount(limits.headTimeout) ? .goOn : .timedOut("The request's head took too long.")
        case .goodbye: return waited < Self.goodbye ? .goOn : .close
        case .handler: return limits.answerTimeout.map { waited >= TimeAmount($0) } == true ? .overdue : .goOn
        case .nothing: return .goOn
        case .body:
            guard waited >= TimeAmount(limits.bodyTimeout) else { return .goOn }
            guard received - receivedBefore >= Self.wanted(limits.bodyRate, limits.bodyTimeout) else {
                return .timedOut("The request's body took too long.")
            }
            restart(now, received)
            return .goOn
        }
    }

    /// - Parameters:
    ///   - isPending: whether there are bytes that the client has not taken.
    ///   - taken: bytes that it has taken so far, ever.
    mutating func observeWriting(isPending: Bool, taken: Int, now: NIODeadline, limits: HTTPLimits) -> Verdict {
        if isPending, let pendingSince {
            guard now - pendingSince >= TimeAmount(limits.writeTimeout) else { return .goOn }
            guard taken - takenBefore >= Self.wanted(limits.writeRate, limits.writeTimeout) else { return .close }
        }
        takenBefore = taken
        pendingSince = isPending ? now : nil
        return .goOn
    }

    private static func wanted(_ rate: Int, _ time: Duration) -> Int { max(1, Int(Double(rate) * (time / .seconds(1)))) }

    private mutating func restart(_ now: NIODeadline, _ received: Int) {
        since = now
        receivedBefore = received
    }

    /// How long a connection that is being closed may go on sending before it is cut.
    private static let goodbye = TimeAmount.seconds(2)
}
