public import Roost
public import ServiceLifecycle

/// Background work in a system's declaration: a `Service` of swift-service-lifecycle, either the program's own or another library's.
///
/// ```swift
/// ServiceSystem("shop", drivers: [.sqlite]) {
///     OrdersService()
///     Background("cache-warmer", CacheWarmer())
/// }
/// ```
///
/// It is restarted after a pause if it fails, and is asked to stop together with its process.
public struct Background: ServiceDefinition {
    /// The name, for the log.
    public let name: String
    private let service: any Service

    /// Creates an entry of a system's declaration.
    /// - Parameters:
    ///   - name: Lower-case letters, digits and `-`.
    ///   - service: What to run.
    public init(_ name: String, _ service: any Service) {
        self.name = name
        self.service = service
    }

    /// Runs the work in the host.
    public func assemble(on host: ServiceHost) async throws -> EndpointGroup {
        await host.run(name, service)
        return EndpointGroup()
    }
}
