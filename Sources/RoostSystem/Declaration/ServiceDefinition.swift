import Roost

/// A service in a system's declaration: its name, and how to assemble it. The type that implements it declares what it offers.
///
/// ```swift
/// struct OrdersService: ServiceDefinition {
///     let name = "orders"
///     let database = DatabaseDefinition(.module, models: [OrderRow.self])
///
///     func assemble(on host: ServiceHost) async throws -> Orders {
///         Orders(database: try await host.database())
///     }
/// }
/// ```
public protocol ServiceDefinition: Sendable {
    /// The type that implements the service, marked `@Service`.
    associatedtype Implementation: EndpointProvider

    /// The service's name: lowercase letters, digits and `-`.
    var name: String { get }

    /// The contracts that it serves: by default those of the implementation. They are available without starting the service, so that the
    /// gateway and other processes can call it.
    var contracts: [any Contract.Type] { get }

    /// The events that it publishes, for the documents: by default those of the implementation.
    var publishes: [any Event.Type] { get }

    /// The events that it handles, for the documents: by default those of the implementation.
    var subscribes: [any Event.Type] { get }

    /// The service's database: by default, one without tables of its own.
    var database: DatabaseDefinition { get }

    /// The settings that the service reads from its host. They are checked before anything starts, and listed by `--describe`.
    var settings: [any SettingDeclaration] { get }

    /// Assembles the service. The executable, the system and the tests all call this function.
    ///
    /// The host then serves the implementation, and handles the events that it subscribes to in the service's database.
    /// - Throws: A `ConfigurationError` if a setting is wrong.
    func assemble(on host: ServiceHost) async throws -> Implementation
}

extension ServiceDefinition {
    /// The contracts of the implementation.
    public var contracts: [any Contract.Type] { Implementation.contracts }
    /// The events that the implementation publishes.
    public var publishes: [any Event.Type] { Implementation.publishedEvents }
    /// The events that the implementation handles.
    public var subscribes: [any Event.Type] { Implementation.subscribedEvents }
    /// A database without tables of its own, if the service opens one.
    public var database: DatabaseDefinition { DatabaseDefinition() }
    /// No settings.
    public var settings: [any SettingDeclaration] { [] }

    /// Returns the service as one that always has a process of its own, even if the others run together.
    public func alone() -> ServiceSystem.Part { .service(self, alone: true) }

    /// Runs several processes of the service, which listen on one port, share its database, and divide its work. The setting `REPLICAS`
    /// overrides the number.
    /// - Parameter count: The number of processes, from 1 to 64. Another number is a fault that prevents the start.
    public func replicas(_ count: Int) -> ServiceSystem.Part { .service(self, replicas: count) }
}
