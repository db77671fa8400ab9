public import Roost
public import RoostSystem

/// Takes the place of a service in a system under test, and serves its contract with the test's own implementation.
///
/// ```swift
/// try await TestSystem.run {
///     OrdersService()
///     ServiceDouble(PaymentsAPIContract.self, by: PaymentsAPIDouble(charge: { _ in throw Problem.unavailable("Down.") }))
/// } test: { system in
///     …
/// }
/// ```
public struct ServiceDouble<Served: Contract>: ServiceDefinition {
    /// The name of the service.
    public let name: String
    private let implementation: Served.API

    /// Creates a double.
    /// - Parameters:
    ///   - contract: The contract.
    ///   - implementation: Answers the calls; mostly the double that `@Contract` generates.
    ///   - name: The name of the service that it replaces; if `nil`, that of the contract.
    public init(_ contract: Served.Type, by implementation: Served.API, named name: String? = nil) {
        self.name = name ?? contract.description.name
        self.implementation = implementation
    }

    /// Returns a provider of the contract.
    public func assemble(on host: ServiceHost) async throws -> ContractProvider<Served> {
        ContractProvider(Served.self, by: implementation)
    }
}
