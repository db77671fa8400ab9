/// A response, whichever wire it leaves by.
public struct Response: Sendable {
    public var status: Status
    public var headers: Headers
    public var body: Body
    /// The fields that follow the body, asked for once all of it has gone (RFC 9110 §6.5). HTTP/1.1 sends them after a body of
    /// chunks only.
    public var trailers: (@Sendable () -> Headers)?
    /// What the connection becomes after this response, whose status is then 101.
    public var upgrade: Upgrade?
    /// Whether the body is a stream without an end of its own, which a server that stops may end between two pieces.
    public var isLive = false

    public init(_ status: Status = .ok, headers: Headers = [:], body: Body = .empty) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// Plain text in UTF-8.
    public static func text(_ text: String, status: Status = .ok) -> Response {
        Response(status, headers: ["content-type": "text/plain; charset=utf-8"], body: .text(text))
    }

    /// A value as JSON (RFC 8259).
    public static func json(_ value: some Schema, status: Status = .ok) -> Response {
        Response(status, headers: ["content-type": "application/json"], body: .bytes(JSON.encode(value)))
    }
}
