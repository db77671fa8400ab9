import NIOCore
import NIOWebSocket
import Roost

extension HTTPClient {
    /// Opens a WebSocket (RFC 6455 §4.1).
    /// - Parameters:
    ///   - target: the path, and the query behind `?`, as they are to be sent.
    ///   - headers: fields beside the handshake's own, such as `authorization`.
    ///   - subprotocols: what the client speaks, the one liked best first.
    ///   - deadline: when the socket must be open.
    /// - Throws: the `Problem` that the server answered in its place, or one with status 502 where its answer is no handshake's.
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

/// What a client offers in its handshake, and what it takes for an answer. Pure.
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

    /// - Returns: the compression that was agreed.
    /// - Throws: a `Problem` with status 502 where the answer is none to this offer.
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
