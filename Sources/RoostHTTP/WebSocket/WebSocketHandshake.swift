import NIOCore
import Roost

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The server's side of the opening handshake (RFC 6455 §4.2). It does no I/O.
struct WebSocketHandshake {
    private let headers: Headers
    private let limits: WebSocketLimits

    init(_ headers: Headers, limits: WebSocketLimits) {
        self.headers = headers
        self.limits = limits
    }

    /// The compression that both sides support, if any.
    var deflate: DeflateAgreement? {
        limits.compresses ? DeflateAgreement(offers: headers.values("sec-websocket-extensions")) : nil
    }

    /// Returns the header fields that accept the request (§4.2.2). Call this on the channel's event loop.
    /// - Parameters:
    ///   - subprotocol: The chosen subprotocol, which must be among those offered.
    ///   - channel: The channel of the connection.
    /// - Throws: A `Problem` with status 426 for another protocol or version, 400 if the key is invalid, or 403 if the request comes from a
    ///   page of another origin.
    func answer(subprotocol: String?, on channel: any Channel) throws(Problem) -> Headers {
        guard FieldSyntax.list(headers["upgrade"] ?? "", has: "websocket") else {
            throw Problem(.upgradeRequired, "This resource requires a WebSocket.", headers: ["upgrade": "websocket"])
        }
        guard headers["sec-websocket-version"] == "13" else {
            throw Problem(.upgradeRequired, "The WebSocket version must be 13.", headers: ["sec-websocket-version": "13"])
        }
        let keys = headers.values("sec-websocket-key")
        guard keys.count == 1, Data(base64Encoded: keys[0])?.count == 16 else {
            throw Problem(.badRequest, "The sec-websocket-key field must contain 16 bytes in base64.")
        }
        guard isOriginAllowed else { throw Problem(.forbidden, "Pages of another origin may not open a WebSocket here.") }
        var answer: Headers = ["upgrade": "websocket", "sec-websocket-accept": WebSocketAccept.value(for: keys[0], on: channel)]
        if let subprotocol { answer.add("sec-websocket-protocol", subprotocol) }
        if let deflate { answer.add("sec-websocket-extensions", deflate.answer) }
        return answer
    }

    /// Whether the request comes from no page, from a page of this host, or from an allowed origin (§10.2).
    private var isOriginAllowed: Bool {
        guard let origin = headers["origin"], !limits.allowedOrigins.contains("*"), !limits.allowedOrigins.contains(origin) else {
            return true
        }
        guard let scheme = origin.firstRange(of: "://"), let host = headers["host"] else { return false }
        return HostSyntax.same(String(origin[scheme.upperBound...]), host, scheme: origin[..<scheme.lowerBound].lowercased())
    }
}
