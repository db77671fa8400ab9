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
    let logger: Logger
    let responder: Responder
    /// What `date` says in responses, and the whole line; made once a tick.
    private(set) var date = ""
    private(set) var dateLine = ""
    /// Whether connections begin with a handshake.
    let isSecured: Bool
    private(set) var isStopping = false
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
        isSecured = configuration.security != nil
        self.logger = logger
        self.gauge = gauge
        self.responder = responder
        executor = LoopExecutor(loop)
        updateDate()
        let tick = TimeAmount(limits.tick)
        let this = NIOLoopBound(self, eventLoop: loop)
        ticker = loop.scheduleRepeatedTask(initialDelay: tick, delay: tick) { _ in this.value.tick() }
    }

    /// - Returns: whether there is room for one more connection.
    func add(_ connection: any ServedConnection) -> Bool {
        connections[ObjectIdentifier(connection)] = connection
        return gauge.add() <= limits.connections
    }

    func remove(_ connection: any ServedConnection) {
        if connections.removeValue(forKey: ObjectIdentifier(connection)) != nil { gauge.remove() }
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
