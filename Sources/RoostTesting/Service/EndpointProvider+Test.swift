public import Roost

extension EndpointProvider {
    /// Tests the service in this process, without a socket.
    ///
    /// ```swift
    /// try await Hello().test { client in
    ///     let response = try await client.send(.get, "/hello/Ada")
    ///     #expect(response.status == .ok && response.text == "Hello, Ada!")
    /// }
    /// ```
    /// - Parameters:
    ///   - middleware: The middleware that every request passes through, outermost first.
    ///   - interceptors: The interceptors that every call passes through, outermost first.
    ///   - test: The test. It gets a client of the service.
    /// - Returns: The result of the test.
    /// - Throws: A `ConfigurationError` if endpoints collide; whatever the test throws.
    public func test<Result>(
        middleware: [any Middleware] = [], interceptors: [any Interceptor] = [], _ test: (TestClient) async throws -> Result
    ) async throws -> Result {
        try await endpoints.test(middleware: middleware, interceptors: interceptors, test)
    }
}

extension Contract {
    /// Tests an implementation of the contract in this process, without a socket.
    ///
    /// ```swift
    /// try await OrdersAPIContract.test(Orders(database: database)) { client in
    ///     let ada = client.as(.account("ada"))
    ///     #expect(try await ada.send(.post, "/orders", json: "{}").problem.status == .unprocessable)
    ///     #expect(try await ada.calling(OrdersAPIContract.self).orders().items.isEmpty)
    /// }
    /// ```
    /// - Parameters:
    ///   - service: The implementation.
    ///   - middleware: The middleware that every request passes through, outermost first.
    ///   - interceptors: The interceptors that every call passes through, outermost first.
    ///   - test: The test. It gets a client of the service.
    /// - Returns: The result of the test.
    /// - Throws: A `ConfigurationError` if endpoints collide; whatever the test throws.
    public static func test<Result>(
        _ service: API, middleware: [any Middleware] = [], interceptors: [any Interceptor] = [],
        _ test: (TestClient) async throws -> Result
    ) async throws -> Result {
        try await endpoints(of: service).test(middleware: middleware, interceptors: interceptors, test)
    }
}

extension [Endpoint] {
    /// Tests the endpoints in this process, without a socket.
    ///
    /// An idempotency key has no effect on endpoints that remember no responses. A function can still read it from its context.
    /// - Parameters:
    ///   - middleware: The middleware that every request passes through, outermost first.
    ///   - interceptors: The interceptors that every call passes through, outermost first.
    ///   - test: The test. It gets a client of the endpoints.
    /// - Returns: The result of the test.
    /// - Throws: A `ConfigurationError` if endpoints collide; whatever the test throws.
    public func test<Result>(
        middleware: [any Middleware] = [], interceptors: [any Interceptor] = [], _ test: (TestClient) async throws -> Result
    ) async throws -> Result {
        try await test(TestClient(ServiceUnderTest(self, middleware: middleware, interceptors: interceptors)))
    }
}
