import Logging
import NIOCore
import Roost

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What a server's connections on one event loop share. Used on that loop only.
final class ServerLoop {
    let loop: any EventLoop
    let executor: LoopExecutor
    let limits: HTTPLimits
    let logger: Logger
    let responder: Responder
    /// The `Date` line of responses, made once a tick.
    private(set) var dateLine = ""
    private(set) var isStopping = false
    private let gauge: ConnectionGauge
    private var connections: [ObjectIdentifier: ServerConnection] = [:]
    private var ticker: RepeatedTask?
    private var second = 0

    init(_ loop: any EventLoop, limits: HTTPLimits, logger: Logger, gauge: ConnectionGauge, responder: @escaping Responder) {
        self.loop = loop
        self.limits = limits
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
    func add(_ connection: ServerConnection) -> Bool {
        connections[ObjectIdentifier(connection)] = connection
        return gauge.add() <= limits.connections
    }

    func remove(_ connection: ServerConnection) {
        if connections.removeValue(forKey: ObjectIdentifier(connection)) != nil { gauge.remove() }
    }

    /// From now on connections end with the response under way, idle ones at once.
    func stop() {
        isStopping = true
        for connection in connections.values { connection.closeIfIdle() }
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
        dateLine = "date: \(HTTPDate.format(now))\r\n"
    }
}
