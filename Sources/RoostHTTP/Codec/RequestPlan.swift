import NIOCore
import Roost

/// Determines how a request is sent: its head and its framing. It does no I/O.
struct RequestPlan {
    let framing: MessageFraming

    init(_ request: Request) {
        framing = request.body.length.map { .length($0) } ?? .chunked
    }

    /// Writes the head.
    /// - Parameters:
    ///   - request: The request.
    ///   - host: The value of `host` if the request does not set it.
    ///   - asksForUpgrade: Whether to ask for the protocol named by the request's `upgrade` field.
    ///   - buffer: Where the head is written.
    /// - Throws: A `Problem` if the method or the target is invalid.
    func writeHead(of request: Request, host: String, asksForUpgrade: Bool = false, to buffer: inout ByteBuffer) throws(Problem) {
        let target = request.target
        guard FieldSyntax.isToken(request.method.rawValue.utf8), target.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }),
            target.hasPrefix("/") || target == "*"
        else { throw Problem(.badRequest, "The method or the path of the request is invalid.") }
        buffer.writeString("\(request.method.rawValue) \(target) HTTP/1.1\r\n")
        if request.headers["host"] == nil { buffer.writeField("host", host) }
        for (name, value) in request.headers.fields where !Self.isOurs(name) { buffer.writeField(name, value) }
        if asksForUpgrade, let upgrade = request.headers["upgrade"] {
            buffer.writeStaticString("connection: upgrade\r\n")
            buffer.writeField("upgrade", upgrade)
        }
        switch framing {
        case .length(let length):
            // A request whose method allows a body states that it has none (RFC 9110 §8.6).
            if length > 0 || [.post, .put, .patch].contains(request.method) { buffer.writeField("content-length", String(length)) }
        case .chunked: buffer.writeStaticString("transfer-encoding: chunked\r\n")
        case .none, .untilClose: break
        }
        buffer.writeStaticString("\r\n")
    }

    private static func isOurs(_ name: String) -> Bool {
        ["content-length", "transfer-encoding", "connection", "keep-alive", "expect", "upgrade", "te"].contains(name.lowercased())
    }
}
