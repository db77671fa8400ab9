import NIOCore
import Roost

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What a client's request says of the WebSocket that it asks for (RFC 6455 §4.2.1). Pure.
struct WebSocketHandshake {
    private let headers: Headers
    private let limits: WebSocketLimits

    init(_ headers: Headers, limits: WebSocketLimits) {
        self.headers = headers
        self.limits = limits
    }

    /// The compression that both sides can, if any.
    var deflate: DeflateAgreement? {
        limits.compresses ? DeflateAgreement(offers: headers.values("sec-websocket-extensions")) : nil
    }

    /// The fields that accept it (§4.2.2).
    /// - Parameters:
    ///   - subprotocol: the one that was chosen of those offered.
    ///   - channel: the connection's; to be called on its event loop.
    /// - Throws: a `Problem`: 426 for another version, 400 where the key is none, 403 where a page of another origin asks.
    func answer(subprotocol: String?, on channel: any Channel) throws(Problem) -> Headers {
        guard FieldSyntax.list(headers["upgrade"] ?? "", has: "websocket") else {
            throw Problem(.upgradeRequired, "This speaks WebSocket.", headers: ["upgrade": "websocket"])
        }
        guard headers["sec-websocket-version"] == "13" else {
            throw Problem(.upgradeRequired, "The version of WebSocket must be 13.", headers: ["sec-websocket-version": "13"])
        }
        let keys = headers.values("sec-websocket-key")
        guard keys.count == 1, Data(base64Encoded: keys[0])?.count == 16 else {
            throw Problem(.badRequest, "The key of the WebSocket is not 16 bytes.")
        }
        guard isOriginAllowed else { throw Problem(.forbidden, "Pages of another origin may not open a WebSocket here.") }
        var answer: Headers = ["upgrade": "websocket", "sec-websocket-accept": WebSocketAccept.value(for: keys[0], on: channel)]
        if let subprotocol { answer.add("sec-websocket-protocol", subprotocol) }
        if let deflate { answer.add("sec-websocket-extensions", deflate.answer) }
        return answer
    }

    /// Whether no page asks, or one of this host, or one that is allowed (§10.2).
    private var isOriginAllowed: Bool {
        guard let origin = headers["origin"], !limits.allowedOrigins.contains("*"), !limits.allowedOrigins.contains(origin) else {
            return true
        }
        guard let scheme = origin.firstRange(of: "://"), let host = headers["host"] else { return false }
        return HostSyntax.same(String(origin[scheme.upperBound...]), host, scheme: origin[..<scheme.lowerBound].lowercased())
    }
}
