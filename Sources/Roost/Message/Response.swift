/// A response, whichever wire it leaves by.
public struct Response: Sendable {
    public var status: Status
    public var headers: Headers
    public var body: Body

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
