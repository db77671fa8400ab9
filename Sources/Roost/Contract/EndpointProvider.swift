/// A type that serves endpoints and declares what it offers, such as a type marked `@Service`.
public protocol EndpointProvider: Sendable {
    /// The contracts that the type implements, available without an instance.
    static var contracts: [any Contract.Type] { get }
    /// The events that the type publishes, available without an instance.
    static var publishedEvents: [any Event.Type] { get }
    /// The events that the type handles, available without an instance.
    static var subscribedEvents: [any Event.Type] { get }
    /// All endpoints: those of the contracts, and those that belong to none.
    var endpoints: [Endpoint] { get }
    /// The implementations of the contracts.
    var implementations: [ContractImplementation] { get }
    /// The handlers of the events: the type `Subscription` of `RoostEvents`.
    var eventSubscriptions: [any EventSubscription] { get }
    /// The providers that this one consists of: by default only itself.
    var providers: [any EndpointProvider] { get }
}

extension EndpointProvider {
    /// No contracts.
    public static var contracts: [any Contract.Type] { [] }
    /// No events.
    public static var publishedEvents: [any Event.Type] { [] }
    /// No events.
    public static var subscribedEvents: [any Event.Type] { [] }
    /// No implementations.
    public var implementations: [ContractImplementation] { [] }
    /// No handlers.
    public var eventSubscriptions: [any EventSubscription] { [] }
    /// Only this provider.
    public var providers: [any EndpointProvider] { [self] }
}

/// The handler of an event. The core does not depend on a bus: `RoostEvents` has the only conforming type.
public protocol EventSubscription: Sendable {}

/// The implementation of a contract.
public struct ContractImplementation: Sendable {
    /// The contract's name.
    public let contract: String
    /// The value that implements the contract.
    public let service: any Sendable

    /// Creates an implementation.
    /// - Parameters:
    ///   - contract: The contract.
    ///   - service: The value that implements it.
    public init<Implemented: Contract>(_ contract: Implemented.Type, by service: Implemented.API) {
        self.init(contract: contract.description.name, service: service)
    }

    package init(contract: String, service: any Sendable) {
        self.contract = contract
        self.service = service
    }
}

/// Serves a contract with any implementation, such as a test double.
public struct ContractProvider<Served: Contract>: EndpointProvider {
    private let service: Served.API

    /// Creates a provider.
    /// - Parameters:
    ///   - contract: The contract.
    ///   - service: The value that implements it.
    public init(_ contract: Served.Type, by service: Served.API) { self.service = service }

    /// The contract.
    public static var contracts: [any Contract.Type] { [Served.self] }
    /// The endpoints of the contract.
    public var endpoints: [Endpoint] { Served.endpoints(of: service) }
    /// The implementation of the contract.
    public var implementations: [ContractImplementation] { [ContractImplementation(Served.self, by: service)] }
}

/// Several providers as one; an empty group serves nothing.
public struct EndpointGroup: EndpointProvider {
    /// The providers of the group, without nested groups.
    public let providers: [any EndpointProvider]

    /// Creates a group.
    public init(_ providers: any EndpointProvider...) { self.providers = providers.flatMap(\.providers) }

    /// The endpoints of all providers.
    public var endpoints: [Endpoint] { providers.flatMap(\.endpoints) }
    /// The implementations of all providers.
    public var implementations: [ContractImplementation] { providers.flatMap(\.implementations) }
    /// The event handlers of all providers.
    public var eventSubscriptions: [any EventSubscription] { providers.flatMap(\.eventSubscriptions) }
}
