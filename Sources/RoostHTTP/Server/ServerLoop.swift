import Logging
import NIOCore
import Roost

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A connection as its event loop sees it.
protocol ServedConnection: AnyObject {
    /// The client's IP address, if there is one.
    var remoteAddress: String? { get }
    /// Ends what has taken too long.
    func checkTimeouts(_ now: NIODeadline)
    /// Ends after the requests in progress, or immediately if there are none.
    func drain()
    func close()
}

/// The state that the connections of a server on one event loop share. It is used on that loop only.
final class ServerLoop {
    let loop: any EventLoop
    let executor: LoopExecutor
    let limits: HTTPLimits
    let callers: Callers
    let logger: Logger
    let responder: Responder
    private let protocols: [any CallProtocol]
    /// The shape of errors over REST.
    let errors: any ErrorDocument.Type
    /// The value of `date` in responses, and its whole line, which are updated regularly.
    private(set) var date = ""
    private(set) var dateLine = ""
    /// Whether connections begin with a handshake.
    let isSecured: Bool
    private(set) var isStopping = false
    /// The number of body bytes that connections hold, or have reserved, until their handlers take them.
    var gathered = 0
    private let gauge: ConnectionGauge
    private var connections: [ObjectIdentifier: any ServedConnection] = [:]
    private var ticker: RepeatedTask?
    private var second = 0

    init(
        _ loop: any EventLoop, _ configuration: HTTPServer.Configuration, logger: Logger, gauge: ConnectionGauge,
        responder: @escaping Responder
    ) {
        self.loop = loop
        limits = configuration.limits
        callers = configuration.callers
        isSecured = configuration.security != nil
        self.logger = logger
        self.gauge = gauge
        protocols = configuration.protocols
        errors = configuration.errors
        self.responder = responder
        executor = LoopExecutor(loop)
        updateDate()
        let tick = TimeAmount(limits.tick)
        let this = NIOLoopBound(self, eventLoop: loop)
        ticker = loop.scheduleRepeatedTask(initialDelay: tick, delay: tick) { _ in this.value.tick(.now()) }
    }

    /// Returns the protocol of a request whose head is known, and records it in the request unless it is REST.
    func carrier(of request: inout Request) -> any CallProtocol { protocols.carrier(of: &request, errors: errors) }

    /// Adds a connection.
    /// - Returns: Why it cannot be accepted; `nil` if it was.
    func add(_ connection: any ServedConnection) -> Problem? {
        connections[ObjectIdentifier(connection)] = connection
        let count = gauge.add(of: ClientKey(connection.remoteAddress))
        if count.all > limits.connections { return .unavailable("Too many connections are open.") }
        guard callers == .anyone, count.own > limits.connectionShare else { return nil }
        return Problem(.tooManyRequests, "Too many connections from this address are open.", headers: ["retry-after": "1"])
    }

    func remove(_ connection: any ServedConnection) {
        guard connections.removeValue(forKey: ObjectIdentifier(connection)) != nil else { return }
        gauge.remove(of: ClientKey(connection.remoteAddress))
    }

    /// Replaces a connection by the one that it has become.
    func replace(_ old: any ServedConnection, with connection: any ServedConnection) {
        connections[ObjectIdentifier(old)] = nil
        connections[ObjectIdentifier(connection)] = connection
    }

    /// Ends connections after the current response, and idle ones immediately.
    func stop() {
        isStopping = true
        for connection in connections.values { connection.drain() }
    }

    /// Closes what is still open.
    func cut() {
        for connection in connections.values { connection.close() }
    }

    func stopTicking() { ticker?.cancel() }

    /// Ends what has taken too long.
    func tick(_ now: NIODeadline) {
        updateDate()
        for connection in connections.values { connection.checkTimeouts(now) }
    }

    private func updateDate() {
        let now = Int(Date().timeIntervalSince1970)
        guard now != second else { return }
        second = now
        date = HTTPDate.format(now)
        dateLine = "date: \(date)\r\n"
    }
}
