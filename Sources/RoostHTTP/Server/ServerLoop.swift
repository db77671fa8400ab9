import Logging
import NIOCore
import Roost

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A connection as its loop sees it.
protocol ServedConnection: AnyObject {
    /// The client's IP address, where there is one.
    var remoteAddress: String? { get }
    /// Ends what has taken too long.
    func checkPatience(_ now: NIODeadline)
    /// Ends with the requests under way, at once where there are none.
    func drain()
    func close()
}

/// What a server's connections on one event loop share. Used on that loop only.
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
    /// What `date` says in responses, and the whole line; made once a tick.
    private(set) var date = ""
    private(set) var dateLine = ""
    /// Whether connections begin with a handshake.
    let isSecured: Bool
    private(set) var isStopping = false
    /// Bytes of bodies that connections keep, or have promised to keep, until their handlers take them.
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
        ticker = loop.scheduleRepeatedTask(initialDelay: tick, delay: tick) { _ in this.value.tick() }
    }

    /// The protocol that a request came by, of which the head is known. The request bears it where it is not REST.
    func carrier(of request: inout Request) -> any CallProtocol { protocols.carrier(of: &request, errors: errors) }

    /// - Returns: why there is no room for one more connection; `nil` where there is.
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

    /// Puts one in the place of another that has become it.
    func replace(_ old: any ServedConnection, with connection: any ServedConnection) {
        connections[ObjectIdentifier(old)] = nil
        connections[ObjectIdentifier(connection)] = connection
    }

    /// From now on connections end with the response under way, idle ones at once.
    func stop() {
        isStopping = true
        for connection in connections.values { connection.drain() }
    }

    /// Closes what is still open.
    func cut() {
        for connection in connections.values { connection.close() }
    }

    func stopTicking() { ticker?.cancel() }

    private func tick() {
        updateDate()
        let now = NIODeadline.now()
        for connection in connections.values { connection.checkPatience(now) }
    }

    private func updateDate() {
        let now = Int(Date().timeIntervalSince1970)
        guard now != second else { return }
        second = now
        date = HTTPDate.format(now)
        dateLine = "date: \(date)\r\n"
    }
}
