public import Roost
public import RoostHTTP

/// Sends requests to one service over HTTP, as any client does.
public struct HTTPTestClient: TestClientProtocol {
    private let client: PooledHTTPClient
    private let address: HTTPAddress
    private let identity: Headers

    /// Creates a client.
    /// - Parameters:
    ///   - client: The HTTP client that sends the requests.
    ///   - address: Where the service listens.
    ///   - identity: The caller of each request that does not set these header fields itself.
    ///   - serviceKey: The key that the services of the system share, for `TestIdentity.service`.
    public init(
        _ client: PooledHTTPClient, to address: HTTPAddress, as identity: TestIdentity = .anyone, serviceKey: String = ""
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

    /// Sends a request and returns the response, whatever its status.
    /// - Throws: A `Problem` if no response came within 30 seconds.
    public func respond(to request: Request) async throws -> Response {
        var request = request
        for (name, value) in identity.fields where request.headers[name] == nil { request.headers.add(name, value) }
        return try await client.send(request, to: address, deadline: .now + .seconds(30))
    }
}
