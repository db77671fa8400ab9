public import Roost

/// Sends requests to a service in the same process, without a socket.
///
/// A request takes the way that it takes through a server: middleware, router, interceptors, and REST. What belongs to a connection is
/// missing: the client's address is always 127.0.0.1, and a WebSocket cannot be opened.
public struct TestClient: TestClientProtocol {
    private let service: ServiceUnderTest
    private var principal: Principal?

    init(_ service: ServiceUnderTest) { self.service = service }

    /// Returns a client whose calls are made by this caller, whatever the service's middleware finds out.
    ///
    /// ```swift
    /// let response = try await client.as(.account("ada", roles: ["admin"])).send(.delete, "/products/1")
    /// ```
    public func `as`(_ principal: Principal) -> TestClient {
        var client = self
        client.principal = principal
        return client
    }

    /// Sends a request and returns the response, whatever its status.
    public func respond(to request: Request) async throws -> Response { await service.response(to: request, from: principal) }
}
