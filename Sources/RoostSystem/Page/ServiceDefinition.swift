import Roost

/// A service as a system's page lists it: its name, what it promises, and how it is put together.
public protocol ServiceDefinition: Sendable {
    /// The service's name: lower-case letters, digits and `-`.
    var name: String { get }

    /// What it promises. Known without starting it, so that the gateway and other processes can reach it.
    var contracts: [any Contract.Type] { get }

    /// The events that it publishes, for the documents.
    var publishes: [any Event.Type] { get }

    /// The events that it subscribes to, for the documents: `subscribedEvents` of a `@Service` type.
    var subscribes: [any Event.Type] { get }

    /// The settings that it reads from its host. They are checked before anything starts, and listed by `--describe`.
    var settings: [any SettingDeclaration] { get }

    /// Puts the service together: the one composition function, called by the executable, by the system and by tests.
    /// - Throws: a `ConfigurationError` where it was told something wrong.
    func assemble(on host: ServiceHost) async throws -> ServiceAssembly
}

extension ServiceDefinition {
    public var publishes: [any Event.Type] { [] }
    public var subscribes: [any Event.Type] { [] }
    public var settings: [any SettingDeclaration] { [] }

    /// Keeps the service in a process of its own, even where the others run together.
    public func alone() -> System.Part { .service(self, alone: true) }
}
