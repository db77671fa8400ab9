/// A response in any protocol.
public struct Response: Sendable {
    /// The status code.
    public var status: Status
    /// The header fields. A server adds those that describe the connection and the body's length.
    public var headers: Headers
    /// The content.
    public var body: Body
    /// Returns the trailer fields, once the whole body was sent (RFC 9110 §6.5). HTTP/1.1 sends them only after a chunked body.
    public var trailers: (@Sendable () -> Headers)?
    /// What the connection becomes after this response, whose status is 101.
    public var upgrade: Upgrade?
    /// Whether the body is a stream without an end, which a stopping server may end between two pieces.
    public var isLive = false

    /// Creates a response.
    public init(_ status: Status = .ok, headers: Headers = [:], body: Body = .empty) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// Returns plain text in UTF-8.
    public static func text(_ text: String, status: Status = .ok) -> Response {
        Response(status, headers: ["content-type": "text/plain; charset=utf-8"], body: .text(text))
    }

    /// Returns a value as JSON (RFC 8259).
    public static func json(_ value: some Schema, status: Status = .ok) -> Response {
        Response(status, headers: ["content-type": "application/json"], body: .bytes(JSON.encode(value)))
    }
}
