public import Roost
public import RoostHTTP

/// Whom a test calls as.
public enum TestIdentity: Sendable {
    case anyone
    /// An account, by its access token.
    case bearer(String)
    /// A service of the system, for itself or for an account.
    case service(String, token: String? = nil)
}

/// Sends requests to one service, over HTTP as any client does.
public struct TestClient: Caller {
    private let client: HTTPClient
    private let address: HTTPAddress
    private let identity: Headers

    /// - Parameter serviceKey: what makes the caller a service.
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

    public func send(_ request: Request, for route: Route) async throws -> Response { try await response(to: request) }

    /// - Parameters:
    ///   - target: the path, and the query behind `?`, as they are to be sent.
    ///   - json: the body; none where left out.
    /// - Throws: a `Problem` where no answer came. What the service refuses is an answer.
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

/// A whole answer.
public struct TestResponse: Sendable {
    /// The most bytes that a test takes: 16 MiB.
    static let limit = 16 << 20

    public let status: Status
    public let headers: Headers
    public let bytes: [UInt8]

    public var text: String { String(decoding: bytes, as: UTF8.self) }

    /// The body, decoded from JSON and validated.
    public func decode<Value: Schema>(as type: Value.Type = Value.self) throws -> Value { try JSON.decode(Value.self, from: bytes) }

    /// The problem document that the answer is.
    public var problem: Problem { Problem(response: Response(status, headers: headers), bytes: bytes) }
}
