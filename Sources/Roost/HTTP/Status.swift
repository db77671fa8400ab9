/// An HTTP status code (RFC 9110 §15).
public struct Status: Hashable, Sendable, ExpressibleByIntegerLiteral, CustomStringConvertible {
    /// The three-digit code.
    public let code: Int

    /// Creates a status from a three-digit code.
    public init(_ code: Int) { self.code = code }
    /// Creates a status from a literal, such as `404`.
    public init(integerLiteral code: Int) { self.code = code }

    /// 101 Switching Protocols: the connection changes to another protocol.
    public static let switchingProtocols: Status = 101
    /// 200 OK.
    public static let ok: Status = 200
    /// 201 Created: the response names a new resource.
    public static let created: Status = 201
    /// 202 Accepted: the work will be done later.
    public static let accepted: Status = 202
    /// 204 No Content: success without a body.
    public static let noContent: Status = 204
    /// 303 See Other: the client should `GET` another URI.
    public static let seeOther: Status = 303
    /// 304 Not Modified: the client's copy is current.
    public static let notModified: Status = 304
    /// 400 Bad Request: the request cannot be read.
    public static let badRequest: Status = 400
    /// 401 Unauthorized: the caller has not proved who it is.
    public static let unauthorized: Status = 401
    /// 403 Forbidden: the caller may not do this.
    public static let forbidden: Status = 403
    /// 404 Not Found.
    public static let notFound: Status = 404
    /// 405 Method Not Allowed: the path exists, but not with this method.
    public static let methodNotAllowed: Status = 405
    /// 408 Request Timeout: the request did not arrive in time.
    public static let requestTimeout: Status = 408
    /// 409 Conflict: the request contradicts the current state.
    public static let conflict: Status = 409
    /// 412 Precondition Failed: a condition of the request does not hold.
    public static let preconditionFailed: Status = 412
    /// 413 Content Too Large: the body exceeds its limit.
    public static let contentTooLarge: Status = 413
    /// 414 URI Too Long.
    public static let uriTooLong: Status = 414
    /// 415 Unsupported Media Type: the body is not in a form that the route accepts.
    public static let unsupportedMediaType: Status = 415
    /// 417 Expectation Failed: the server does not know what `Expect` asks for.
    public static let expectationFailed: Status = 417
    /// 422 Unprocessable Content: the input was understood but breaks rules.
    public static let unprocessable: Status = 422
    /// 426 Upgrade Required: the resource is available over another protocol only.
    public static let upgradeRequired: Status = 426
    /// 429 Too Many Requests (RFC 6585 §4): the client exceeded a limit.
    public static let tooManyRequests: Status = 429
    /// 431 Request Header Fields Too Large (RFC 6585 §5).
    public static let headersTooLarge: Status = 431
    /// 500 Internal Server Error: the server failed.
    public static let internalError: Status = 500
    /// 501 Not Implemented: the server does not know the method or the operation.
    public static let notImplemented: Status = 501
    /// 502 Bad Gateway: another server sent an invalid response.
    public static let badGateway: Status = 502
    /// 503 Service Unavailable: the server cannot answer at the moment.
    public static let unavailable: Status = 503
    /// 504 Gateway Timeout: the call was not complete by its deadline.
    public static let gatewayTimeout: Status = 504
    /// 505 HTTP Version Not Supported.
    public static let versionNotSupported: Status = 505

    /// Whether the code is in the range from 200 to 299 (RFC 9110 §15.3).
    public var isSuccess: Bool { (200..<300).contains(code) }

    /// The reason phrase of RFC 9110, or `Status` and the code if there is none.
    public var reason: String { Self.reasons[code] ?? "Status \(code)" }

    /// The code and its reason phrase, such as `404 Not Found`.
    public var description: String { "\(code) \(reason)" }

    private static let reasons: [Int: String] = [
        100: "Continue", 101: "Switching Protocols",
        200: "OK", 201: "Created", 202: "Accepted", 204: "No Content", 206: "Partial Content",
        301: "Moved Permanently", 302: "Found", 303: "See Other", 304: "Not Modified",
        307: "Temporary Redirect", 308: "Permanent Redirect",
        400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found",
        405: "Method Not Allowed", 406: "Not Acceptable", 408: "Request Timeout", 409: "Conflict", 410: "Gone",
        411: "Length Required", 412: "Precondition Failed", 413: "Content Too Large", 414: "URI Too Long",
        415: "Unsupported Media Type", 417: "Expectation Failed", 422: "Unprocessable Content",
        426: "Upgrade Required", 428: "Precondition Required", 429: "Too Many Requests",
        431: "Request Header Fields Too Large",
        500: "Internal Server Error", 501: "Not Implemented", 502: "Bad Gateway", 503: "Service Unavailable",
        504: "Gateway Timeout", 505: "HTTP Version Not Supported",
    ]
}
