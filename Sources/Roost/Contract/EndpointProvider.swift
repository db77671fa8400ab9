/// Something that serves endpoints, and says what it offers: a type marked `@Service`.
public protocol EndpointProvider: Sendable {
    /// The contracts that the type implements, known without an instance.
    static var contracts: [any Contract.Type] { get }
    /// The events that the type publishes, known without an instance.
    static var publishedEvents: [any Event.Type] { get }
    /// The events that the type handles, known without an instance.
    static var subscribedEvents: [any Event.Type] { get }
    /// Everything that is served: the endpoints of the contracts, and those that belong to none.
    var endpoints: [Endpoint] { get }
    /// What implements the contracts.
    var implementations: [ContractImplementation] { get }
    /// How the events are handled: `Subscription`s of `RoostEvents`.
    var eventSubscriptions: [any EventSubscription] { get }
    /// The providers that this one is made of; itself if it is one.
    var providers: [any EndpointProvider] { get }
}

extension EndpointProvider {
    public static var contracts: [any Contract.Type] { [] }
    public static var publishedEvents: [any Event.Type] { [] }
    public static var subscribedEvents: [any Event.Type] { [] }
    public var implementations: [ContractImplementation] { [] }
    public var eventSubscriptions: [any EventSubscription] { [] }
    public var providers: [any EndpointProvider] { [self] }
}

/// How an event is handled. The core knows no bus: `RoostEvents` has the only type of this kind.
public protocol EventSubscription: Sendable {}

/// What implements a contract.
public struct ContractImplementation: Sendable {
    /// The contract's name.
    public let contract: String
    /// What implements it.
    public let service: any Sendable

    /// Creates an implementation.
    /// - Parameters:
    ///   - contract: The contract.
    ///   - service: What implements it.
    public init<Implemented: Contract>(_ contract: Implemented.Type, by service: Implemented.API) {
        self.init(contract: contract.description.name, service: service)
    }

    package init(contract: String, service: any Sendable) {
        self.contract = contract
        self.service = service
    }
}

/// Serves a contract by whatever implements it, such as a test's double.
public struct ContractProvider<Served: Contract>: EndpointProvider {
    private let service: Served.API

    /// Creates a provider.
    /// - Parameters:
    ///   - contract: The contract.
    ///   - service: What implements it.
    public init(_ contract: Served.Type, by service: Served.API) { self.service = service }

    public static var contracts: [any Contract.Type] { [Served.self] }
    public var endpoints: [Endpoint] { Served.endpoints(of: service) }
    public var implementations: [ContractImplementation] { [ContractImplementation(Served.self, by: service)] }
}

/// Several providers as one, or none.
public struct EndpointGroup: EndpointProvider {
    public let providers: [any EndpointProvider]

    /// Creates a group.
    public init(_ providers: any EndpointProvider...) { self.providers = providers.flatMap(\.providers) }

    public var endpoints: [Endpoint] { providers.flatMap(\.endpoints) }
    public var implementations: [ContractImplementation] { providers.flatMap(\.implementations) }
    public var eventSubscriptions: [any EventSubscription] { providers.flatMap(\.eventSubscriptions) }
}
