import NIOCore
import Roost

/// Determines how a response is sent: its framing, and whether the connection stays open afterwards. It does no I/O.
struct ResponsePlan {
    let framing: MessageFraming
    /// Whether the body is sent, which it is not for HEAD, 204, 205 and 304 (RFC 9110 §6.4.1, §15.3.6).
    let sendsBody: Bool
    let keepsAlive: Bool
    let announcedLength: String?
    private let isOld: Bool

    /// Creates a plan.
    /// - Parameters:
    ///   - response: The response.
    ///   - method: The method of the request.
    ///   - isOld: Whether the client uses HTTP/1.0, which does not support chunks.
    ///   - mayKeepAlive: Whether client and server allow the connection to stay open.
    init(_ response: Response, to method: RequestMethod, isOld: Bool, mayKeepAlive: Bool) {
        let closes = response.headers["connection"].map { FieldSyntax.list($0, has: "close") } ?? false
        let code = response.status.code
        let hasNoContent = code == 204 || code == 205 || code == 304
        sendsBody = method != .head && !hasNoContent
        self.isOld = isOld
        let length = response.body.length
        framing = !sendsBody ? .none : length.map { .length($0) } ?? (isOld ? .untilClose : .chunked)
        keepsAlive = mayKeepAlive && !closes && framing != .untilClose
        announcedLength = Self.announcedLength(response, method, length)
    }

    /// Writes the head.
    /// - Parameters:
    ///   - response: The response.
    ///   - buffer: Where the head is written.
    ///   - date: The complete line of the `date` field, with its line end.
    ///   - requestID: The value of `x-request-id`.
    /// - Returns: The names of the fields that are invalid, and were therefore changed or left out.
    func writeHead(of response: Response, to buffer: inout ByteBuffer, date: String, requestID: String) -> [String] {
        var refused: [String] = []
        var upgrades = false
        writeStatusLine(response.status, to: &buffer)
        for (name, value) in response.headers.fields where !Self.isOurs(name) {
            if name.utf8.count == 7, FieldSyntax.equals(name, "upgrade") { upgrades = true }
            if !buffer.writeField(name, value) { refused.append(name) }
        }
        // `upgrade` applies to this connection only (RFC 9110 §7.8).
        if upgrades { buffer.writeStaticString("connection: upgrade\r\n") }
        if let announcedLength {
            buffer.writeStaticString("content-length: ")
            buffer.writeString(announcedLength)
            buffer.writeStaticString("\r\n")
        } else if framing == .chunked {
            buffer.writeStaticString("transfer-encoding: chunked\r\n")
        }
        if !keepsAlive {
            buffer.writeStaticString("connection: close\r\n")
        } else if isOld {
            buffer.writeStaticString("connection: keep-alive\r\n")
        }
        buffer.writeString(date)
        buffer.writeStaticString("x-request-id: ")
        buffer.writeString(requestID)
        buffer.writeStaticString("\r\n\r\n")
        return refused
    }

    private func writeStatusLine(_ status: Status, to buffer: inout ByteBuffer) {
        switch status.code {
        case 200: buffer.writeStaticString("HTTP/1.1 200 OK\r\n")
        case 201: buffer.writeStaticString("HTTP/1.1 201 Created\r\n")
        default: buffer.writeString("HTTP/1.1 \(status.code) \(status.reason)\r\n")
        }
    }

    /// Returns the value of `content-length`. A response to HEAD and a 304 may give the length of a body that is not sent, which a proxy
    /// knows only from the field. A 204 has no length, and a 205 no content (RFC 9110 §8.6, §15.3.6).
    private static func announcedLength(_ response: Response, _ method: RequestMethod, _ length: Int?) -> String? {
        let code = response.status.code
        if code == 204 { return nil }
        if code == 205 { return "0" }
        if method == .head || code == 304, let given = response.headers["content-length"], Int(given).map({ $0 >= 0 }) == true {
            return given
        }
        return code == 304 ? nil : length.map(String.init)
    }

    /// Returns whether the server writes this field itself.
    @inline(__always)
    static func isOurs(_ name: String) -> Bool {
        switch name.utf8.count {
        case 4: FieldSyntax.equals(name, "date")
        case 10: FieldSyntax.equals(name, "connection") || FieldSyntax.equals(name, "keep-alive")
        case 12: FieldSyntax.equals(name, "x-request-id")
        case 14: FieldSyntax.equals(name, "content-length")
        case 17: FieldSyntax.equals(name, "transfer-encoding")
        default: false
        }
    }
}
