public import Roost
public import ServiceLifecycle

/// Anything that runs for long, as a line of a system's page: a `Service` of swift-service-lifecycle, the program's own or another library's.
///
/// ```swift
/// System("shop", drivers: [.sqlite]) {
///     OrdersService()
///     Background("cache-warmer", CacheWarmer())
/// }
/// ```
///
/// It is run again after a pause if it fails, and is asked to stop when its process is.
public struct Background: ServiceDefinition {
    public let name: String
    private let service: any Service

    /// - Parameters:
    ///   - name: Lower-case letters, digits and `-`.
    ///   - service: What to run.
    public init(_ name: String, _ service: any Service) {
        self.name = name
        self.service = service
    }

    public func assemble(on host: ServiceHost) async throws -> EndpointGroup {
        await host.run(name, service)
        return EndpointGroup()
    }
}
