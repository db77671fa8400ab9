import NIOCore
import NIOHTTP1
import NIOWebSocket

/// What proves that a server speaks WebSocket: the key and a fixed word, hashed (RFC 6455 §1.3). The upgraders of NIOWebSocket know it.
enum WebSocketAccept {
    /// What a server answers to a key. To be called on the channel's event loop, where NIO has it at once.
    static func value(for key: String, on channel: any Channel) -> String {
        let upgrader = NIOWebSocketServerUpgrader(
            shouldUpgrade: { channel, _ in channel.eventLoop.makeSucceededFuture([:]) },
            upgradePipelineHandler: { channel, _ in channel.eventLoop.makeSucceededVoidFuture() })
        let fields: HTTPHeaders = ["sec-websocket-key": key, "sec-websocket-version": "13"]
        let request = HTTPRequestHead(version: .http1_1, method: .GET, uri: "/", headers: fields)
        var value = ""
        upgrader.buildUpgradeResponse(channel: channel, upgradeRequest: request, initialResponseHeaders: [:])
            .assumeIsolated().whenSuccess { value = $0["sec-websocket-accept"].joined() }
        return value
    }

    /// Whether that is what a server answered.
    static func isRight(_ values: [String], for key: String) -> Bool {
        let fields = HTTPHeaders(values.map { ("sec-websocket-accept", $0) })
        return NIOWebSocketClientUpgrader(requestKey: key) { channel, _ in channel.eventLoop.makeSucceededVoidFuture() }
            .shouldAllowUpgrade(upgradeResponse: HTTPResponseHead(version: .http1_1, status: .switchingProtocols, headers: fields))
    }
}
