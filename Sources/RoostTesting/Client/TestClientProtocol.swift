public import Roost
public import RoostHTTP

/// Sends a test's requests to a service, as any client does.
///
/// `TestClient` sends them within the process. The `HTTPTestClient` of RoostSystemTesting sends them over a connection.
public protocol TestClientProtocol: Caller {
    /// Sends a request and returns the response, whatever its status.
    /// - Throws: A `Problem` if there is no response.
    func respond(to request: Request) async throws -> Response
}

extension TestClientProtocol {
    /// The encoding of typed calls: REST.
    public var codec: any CallCodec { RESTCodec() }

    /// Sends the request that a contract's client made.
    public func send(_ request: Request, for route: Route) async throws -> Response { try await respond(to: request) }

    /// Returns a typed client of a contract, whose calls are sent by this client.
    ///
    /// ```swift
    /// let orders = client.as(.account("ada")).calling(OrdersAPIContract.self)
    /// let order = try await orders.order(id: id)
    /// ```
    public func calling<Called: Contract>(_ contract: Called.Type) -> Called.API { contract.client(over: self) }

    /// Sends a request and returns the whole response, whatever its status.
    /// - Parameters:
    ///   - method: The request's method.
    ///   - target: The path, optionally followed by `?` and the query, sent unchanged.
    ///   - json: The body, if any. Its type is `application/json` unless `headers` say otherwise.
    ///   - headers: Header fields of this request.
    /// - Throws: A `Problem` if there is no response, or the body is larger than 16 MiB.
    public func send(
        _ method: RequestMethod, _ target: String, json: String? = nil, headers: Headers = [:]
    ) async throws -> TestResponse {
        let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        var request = Request(method, parts[0], query: parts.count == 2 ? parts[1] : "", headers: headers)
        if let json {
            if headers["content-type"] == nil { request.headers["content-type"] = "application/json" }
            request.body = .text(json)
        }
        return try await TestResponse(respond(to: request))
    }

    /// Sends a request whose body is a value as JSON, and returns the whole response, whatever its status.
    /// - Parameters:
    ///   - method: The request's method.
    ///   - target: The path, optionally followed by `?` and the query, sent unchanged.
    ///   - body: The value. Its checks do not apply here: the service finds the faults.
    ///   - headers: Header fields of this request.
    /// - Throws: A `Problem` if there is no response, or the body of the response is larger than 16 MiB.
    public func send(
        _ method: RequestMethod, _ target: String, body: some Schema, headers: Headers = [:]
    ) async throws -> TestResponse {
        try await send(method, target, json: JSON.text(body), headers: headers)
    }
}
