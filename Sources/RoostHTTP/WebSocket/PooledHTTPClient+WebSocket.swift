import NIOCore
import NIOWebSocket
import Roost

extension PooledHTTPClient {
    /// Opens a WebSocket (RFC 6455 §4.1).
    /// - Parameters:
    ///   - target: The path, optionally followed by `?` and the query, sent unchanged.
    ///   - address: Where the server listens.
    ///   - headers: Additional header fields, such as `authorization`.
    ///   - subprotocols: The subprotocols that the client supports, in order of preference.
    ///   - limits: The limits of this side of the socket.
    ///   - deadline: When the socket must be open.
    /// - Throws: The `Problem` that the server responded with, or one with status 502 if its response is not a valid handshake.
    public func webSocket(
        _ target: String, at address: HTTPAddress, headers: Headers = [:], subprotocols: [String] = [],
        limits: WebSocketLimits = WebSocketLimits(), deadline: ContinuousClock.Instant? = nil
    ) async throws -> WebSocketConnection {
        let offer = WebSocketOffer(subprotocols: subprotocols, compresses: limits.compresses)
        let request = offer.request(target, headers)
        let (response, connection) = try await askForUpgrade(request, to: address, deadline: deadline)
        guard let connection else {
            let bytes = try await response.body.collect(upTo: 1 << 20)
            throw Problem(response: response, bytes: bytes)
        }
        do {
            let deflate = try offer.check(response.headers)
            let subprotocol = response.headers["sec-websocket-protocol"]
            return try await connection.handOver { channel, http, pipeline in
                let handler = WebSocketHandler(isServer: false, deflate: deflate, limits: limits)
                try pipeline.addWebSocket(handler, after: http)
                return WebSocketConnection(channel, handler, subprotocol: subprotocol)
            }
        } catch {
            connection.close()
            throw error
        }
    }
}

/// The client's side of the handshake. It does no I/O.
struct WebSocketOffer {
    let subprotocols: [String]
    let compresses: Bool
    let key = NIOWebSocketClientUpgrader.randomRequestKey()

    func request(_ target: String, _ headers: Headers) -> Request {
        let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        var request = Request(.get, parts[0], query: parts.count == 2 ? parts[1] : "", headers: headers)
        request.headers["upgrade"] = "websocket"
        request.headers["sec-websocket-version"] = "13"
        request.headers["sec-websocket-key"] = key
        if !subprotocols.isEmpty { request.headers["sec-websocket-protocol"] = subprotocols.joined(separator: ", ") }
        if compresses { request.headers["sec-websocket-extensions"] = DeflateAgreement.offer }
        return request
    }

    /// Checks a server's response.
    /// - Returns: The negotiated compression, if any.
    /// - Throws: A `Problem` with status 502 if the response does not match this offer.
    func check(_ answer: Headers) throws(Problem) -> DeflateAgreement? {
        guard FieldSyntax.list(answer["upgrade"] ?? "", has: "websocket"),
            WebSocketAccept.isRight(answer.values("sec-websocket-accept"), for: key)
        else { throw Problem(.badGateway, "The server did not accept the WebSocket.") }
        if let chosen = answer["sec-websocket-protocol"], !subprotocols.contains(chosen) {
            throw Problem(.badGateway, "The server chose a subprotocol that was not offered.")
        }
        let deflate = try DeflateAgreement(answer: answer.values("sec-websocket-extensions"))
        guard compresses || deflate == nil else { throw Problem(.badGateway, "The server chose an extension that was not offered.") }
        return deflate
    }
}
