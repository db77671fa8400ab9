public import Roost
public import RoostHTTP

/// The identity with which a test calls a service.
public enum TestIdentity: Sendable {
    /// A caller who is not signed in.
    case anyone
    /// The account that an access token was issued to.
    case bearer(String)
    /// A service of the system, on its own behalf or, with an access token, on an account's.
    case service(String, token: String? = nil)
}

/// Sends requests to one service over HTTP, as any client does.
public struct TestClient: Caller {
    /// The encoding of typed calls: REST.
    public let codec: any CallCodec = RESTCodec()
    private let client: HTTPClient
    private let address: HTTPAddress
    private let identity: Headers

    /// Creates a client.
    /// - Parameters:
    ///   - client: The HTTP client that sends the requests.
    ///   - address: Where the service listens.
    ///   - identity: The caller of each request that does not set these header fields itself.
    ///   - serviceKey: The key that the services of the system share, for `TestIdentity.service`.
    public init(
        _ client: HTTPClient, to address: HTTPAddress, as identity: TestIdentity = .anyone, serviceKey: String = ""
    ) {
        self.client = client
        self.address = address
        var headers = Headers()
        switch identity {
        case .anyone: break
        case .bearer(let token): headers["authorization"] = "Bearer \(token)"
        case .service(let name, let token):
            headers["x-service-key"] = serviceKey
            headers["x-service-name"] = name
            headers["authorization"] = token.map { "Bearer \($0)" }
        }
        self.identity = headers
    }

    /// Sends the request that a contract's client made.
    public func send(_ request: Request, for route: Route) async throws -> Response { try await response(to: request) }

    /// Sends a request and returns the whole response, whatever its status.
    /// - Parameters:
    ///   - method: The request's method.
    ///   - target: The path, optionally followed by `?` and the query, sent unchanged.
    ///   - json: The body, if any. Its type is `application/json` unless `headers` say otherwise.
    ///   - headers: Header fields of this request.
    /// - Throws: A `Problem` if no response came within 30 seconds, or the body is larger than 16 MiB.
    public func send(
        _ method: Method, _ target: String, json: String? = nil, headers: Headers = [:]
    ) async throws -> TestResponse {
        let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        var request = Request(method, parts[0], query: parts.count == 2 ? parts[1] : "", headers: headers)
        if let json {
            if headers["content-type"] == nil { request.headers["content-type"] = "application/json" }
            request.body = .text(json)
        }
        let response = try await response(to: request)
        return TestResponse(
            status: response.status, headers: response.headers, bytes: try await response.body.collect(upTo: TestResponse.limit))
    }

    private func response(to request: Request) async throws -> Response {
        var request = request
        for (name, value) in identity.fields where request.headers[name] == nil { request.headers.add(name, value) }
        return try await client.send(request, to: address, deadline: .now + .seconds(30))
    }
}

/// A response with its whole body.
public struct TestResponse: Sendable {
    /// The largest body that a test accepts, in bytes: 16 MiB.
    static let limit = 16 << 20

    /// The status code.
    public let status: Status
    /// The header fields.
    public let headers: Headers
    /// The body.
    public let bytes: [UInt8]

    /// The body as text. Invalid UTF-8 is replaced.
    public var text: String { String(decoding: bytes, as: UTF8.self) }

    /// Decodes the body from JSON and validates it.
    /// - Throws: An error that lists the faults if the body is not a valid value of this type.
    public func decode<Value: Schema>(as type: Value.Type = Value.self) throws -> Value { try JSON.decode(Value.self, from: bytes) }

    /// The body as a problem document (RFC 9457).
    public var problem: Problem { Problem(response: Response(status, headers: headers), bytes: bytes) }
}
