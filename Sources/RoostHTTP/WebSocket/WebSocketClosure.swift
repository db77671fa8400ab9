import Roost

/// The way in which a WebSocket was closed (RFC 6455 §7.4).
public struct WebSocketClosure: Hashable, Sendable {
    /// The status code: 1000 for a normal end, 1005 if the peer did not send a code, 1006 if the connection was lost.
    public let code: UInt16
    /// The reason that the closing side gave, which may be empty.
    public let reason: String

    /// Creates a closure.
    public init(_ code: UInt16, _ reason: String = "") {
        self.code = code
        self.reason = reason
    }

    static let normal = WebSocketClosure(1000)
    static let goingAway = WebSocketClosure(1001, "The server is stopping.")
    static let unexpected = WebSocketClosure(1011, "An unexpected error occurred.")
    static let withoutCode = WebSocketClosure(1005)
    static let broken = WebSocketClosure(1006, "The connection was lost.")

    /// Returns whether a code may be sent in a close frame (§7.4.2 and the IANA registry).
    static func isAllowed(_ code: UInt16) -> Bool {
        (1000...1003).contains(code) || (1007...1014).contains(code) || (3000...4999).contains(code)
    }

    /// Parses the content of a close frame (§5.5.1).
    init(payload: [UInt8]) throws(TransportError) {
        guard !payload.isEmpty else {
            self = .withoutCode
            return
        }
        guard payload.count >= 2 else { throw .protocolError("The code of a close frame is incomplete.") }
        let code = UInt16(payload[0]) << 8 | UInt16(payload[1])
        guard Self.isAllowed(code) else { throw .protocolError("A close frame has a code that must not be sent.") }
        guard let reason = String(validating: payload[2...], as: UTF8.self) else { throw .badText }
        self.init(code, reason)
    }

    /// The content of a close frame: at most 125 bytes, two of which are the code. A longer reason is cut between characters.
    var payload: [UInt8] {
        guard Self.isAllowed(code) else { return [] }
        var reason = reason
        while reason.utf8.count > 123 { reason.removeLast() }
        return [UInt8(code >> 8), UInt8(truncatingIfNeeded: code)] + reason.utf8
    }
}

extension TransportError.Code {
    /// A WebSocket was closed without a normal close frame; `TransportError.frameCode` says how.
    public static let webSocketClosed = TransportError.Code(rawValue: "websocket_closed")
}

/// What closes a WebSocket before its end.
extension TransportError {
    /// Creates the error of a WebSocket that was closed, or is to be.
    init(_ closure: WebSocketClosure) {
        self.init(.webSocketClosed, closure.reason, frameCode: UInt32(closure.code))
    }

    static func protocolError(_ reason: String) -> TransportError { TransportError(WebSocketClosure(1002, reason)) }
    static func tooLarge(_ limit: Int) -> TransportError {
        TransportError(WebSocketClosure(1009, "A message must not be larger than \(limit) bytes."))
    }
    static let badText = TransportError(WebSocketClosure(1007, "A text message is not valid UTF-8."))

    /// How the WebSocket is to be closed.
    var closure: WebSocketClosure {
        frameCode.flatMap { UInt16(exactly: $0) }.map { WebSocketClosure($0, message) } ?? .unexpected
    }
}
