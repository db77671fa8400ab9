import Roost

/// A service as a system's page lists it: its name, and how it is put together. What it offers follows from the type that implements it.
///
/// ```swift
/// struct OrdersService: ServiceDefinition {
///     let name = "orders"
///
///     func assemble(on host: ServiceHost) async throws -> Orders {
///         Orders(database: try await host.database(migrations: .inside(.module)))
///     }
/// }
/// ```
public protocol ServiceDefinition: Sendable {
    /// What implements the service: a type marked `@Service`.
    associatedtype Implementation: EndpointProvider

    /// The service's name: lower-case letters, digits and `-`.
    var name: String { get }

    /// The contracts that it serves: by default those of the implementation. They are known without starting it, so that the gateway and
    /// other processes can reach it.
    var contracts: [any Contract.Type] { get }

    /// The events that it publishes, for the documents: by default those of the implementation.
    var publishes: [any Event.Type] { get }

    /// The events that it handles, for the documents: by default those of the implementation.
    var subscribes: [any Event.Type] { get }

    /// The settings that it reads from its host. They are checked before anything starts, and listed by `--describe`.
    var settings: [any SettingDeclaration] { get }

    /// Puts the service together: the one composition function, called by the executable, by the system and by tests.
    ///
    /// The host then serves what the implementation offers, and handles the events that it subscribes to in the service's database.
    /// - Throws: A `ConfigurationError` if it was told something wrong.
    func assemble(on host: ServiceHost) async throws -> Implementation
}

extension ServiceDefinition {
    public var contracts: [any Contract.Type] { Implementation.contracts }
    public var publishes: [any Event.Type] { Implementation.publishedEvents }
    public var subscribes: [any Event.Type] { Implementation.subscribedEvents }
    public var settings: [any SettingDeclaration] { [] }

    /// Keeps the service in a process of its own, even where the others run together.
    public func alone() -> System.Part { .service(self, alone: true) }
}
