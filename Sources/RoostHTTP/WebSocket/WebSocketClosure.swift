/// How a WebSocket was closed (RFC 6455 §7.4).
public struct WebSocketClosure: Error, Hashable, Sendable {
    /// Why: 1000 for a normal end, 1005 where the peer did not say, 1006 where the connection broke.
    public let code: UInt16
    public let reason: String

    public init(_ code: UInt16, _ reason: String = "") {
        self.code = code
        self.reason = reason
    }

    static let normal = WebSocketClosure(1000)
    static let goingAway = WebSocketClosure(1001, "The server is stopping.")
    static let unexpected = WebSocketClosure(1011, "Something went wrong here.")
    static let withoutCode = WebSocketClosure(1005)
    static let broken = WebSocketClosure(1006, "The connection broke.")

    static func protocolError(_ reason: String) -> WebSocketClosure { WebSocketClosure(1002, reason) }
    static func tooLarge(_ limit: Int) -> WebSocketClosure { WebSocketClosure(1009, "A message must not be larger than \(limit) bytes.") }
    static let badText = WebSocketClosure(1007, "A text is not UTF-8.")

    /// Whether a close frame may bear the code (§7.4.2 and the IANA registry).
    static func isAllowed(_ code: UInt16) -> Bool {
        (1000...1003).contains(code) || (1007...1014).contains(code) || (3000...4999).contains(code)
    }

    /// - Parameter payload: a close frame's content (§5.5.1).
    init(payload: [UInt8]) throws(WebSocketClosure) {
        guard !payload.isEmpty else {
            self = .withoutCode
            return
        }
        guard payload.count >= 2 else { throw .protocolError("A close frame has half a code.") }
        let code = UInt16(payload[0]) << 8 | UInt16(payload[1])
        guard Self.isAllowed(code) else { throw .protocolError("A close frame has a code that may not be sent.") }
        guard let reason = String(validating: payload[2...], as: UTF8.self) else { throw .badText }
        self.init(code, reason)
    }

    /// A close frame's content: at most 125 bytes, of which the code is two. A longer reason is cut between characters.
    var payload: [UInt8] {
        guard Self.isAllowed(code) else { return [] }
        var reason = reason
        while reason.utf8.count > 123 { reason.removeLast() }
        return [UInt8(code >> 8), UInt8(truncatingIfNeeded: code)] + reason.utf8
    }
}
