import NIOCore
import NIOHTTP1
import NIOWebSocket

/// The value of `sec-websocket-accept`, a hash of the client's key that proves that the server supports WebSocket (RFC 6455 §1.3). It is
/// computed by NIOWebSocket's upgraders.
enum WebSocketAccept {
    /// Returns the value for a key. Call this on the channel's event loop, where NIO computes it synchronously.
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

    /// Returns whether a server responded with the right value for a key.
    static func isRight(_ values: [String], for key: String) -> Bool {
        let fields = HTTPHeaders(values.map { ("sec-websocket-accept", $0) })
        return NIOWebSocketClientUpgrader(requestKey: key) { channel, _ in channel.eventLoop.makeSucceededVoidFuture() }
            .shouldAllowUpgrade(upgradeResponse: HTTPResponseHead(version: .http1_1, status: .switchingProtocols, headers: fields))
    }
}
