public import Roost

/// Answers the calls of a contract while the service that serves it is down.
///
/// ```swift
/// Fallback(RecommendationsAPIContract.self, by: RecommendationsAPIDouble(recommendations: { _ in RecommendedProducts(items: []) }))
/// ```
///
/// It is used for calls that change nothing (GET), if the service cannot be reached, does not begin its response in time, or answers with 502, 503 or
/// 504. If the implementation throws, the caller gets the service's own error. Functions that stream have no fallback.
public struct Fallback: Sendable {
    /// The name of the contract.
    public let contract: String
    let limit: Duration
    private let endpoints: [String: Endpoint]

    /// Creates a fallback.
    /// - Parameters:
    ///   - contract: The contract.
    ///   - implementation: Answers the calls, with values that need nothing from elsewhere.
    ///   - limit: How long the service may take to begin its response.
    public init<Served: Contract>(_ contract: Served.Type, by implementation: Served.API, after limit: Duration = .seconds(3)) {
        self.contract = contract.description.name
        self.limit = limit
        // A call that changes something may take effect although nobody waited for its response.
        let safe = contract.endpoints(of: implementation).filter { $0.route.streaming.isEmpty && $0.route.method == .get }
        endpoints = Dictionary(safe.map { ($0.route.operation, $0) }) { first, _ in first }
    }

    /// Returns the endpoint that answers calls of a route, or `nil` if there is none.
    func endpoint(for route: Route) -> Endpoint? { endpoints[route.operation] }
}
