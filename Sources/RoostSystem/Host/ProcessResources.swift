import Logging
import Roost
import RoostEvents
import RoostGRPC
import RoostHTTP
import RoostStore
import Synchronization

/// What the services of one process share: the store, the bus, the connections to other processes.
actor ProcessResources {
    nonisolated let settings: Settings
    nonisolated let dataFolder: String
    nonisolated let drivers: [Driver]
    nonisolated let addresses: [String: HTTPAddress]
    nonisolated let directory: Directory
    nonisolated let client: HTTPClient
    nonisolated let store: any KeyValueStore
    nonisolated let events: any EventBus
    nonisolated let serviceKey: String?
    nonisolated let environment: DeploymentEnvironment
    nonisolated let faults = StartFaults()
    private nonisolated let layers = Mutex<[String: ServiceLayers]>([:])
    private var callers: [String: ServiceCaller] = [:]
    private var closing: [@Sendable () async -> Void] = []
    private var opened: [String: Task<any Sendable, any Error>] = [:]
    /// What runs beside answering, with the service that it is part of.
    private(set) var background: [(service: String, runs: RestartingService)] = []

    /// - Throws: a `ConfigurationError` where a URL or an address is wrong.
    init(_ system: System, hosting names: Set<String>, settings: Settings, logger: Logger) async throws {
        self.settings = settings
        drivers = system.drivers
        let folder = try DataFolder(settings)
        dataFolder = folder.path
        addresses = try settings[.addresses]
        serviceKey = try settings[ServiceKey.setting]
        environment = try settings[.environment]
        var owners: [String: String] = [:]
        for service in system.services {
            for contract in service.contracts { owners[contract.description.name] = service.name }
        }
        directory = Directory(owners: owners, addresses: addresses, local: names.subtracting([System.gatewayName]))
        let stores = try await SharedStores.open(settings, in: folder, with: system.drivers)
        store = stores.store
        events = stores.events
        closing = [{ await stores.close() }]
        var connections = HTTPClient.Configuration()
        // Twice what the gateway lets one of its clients have under way.
        connections.connections = 128
        client = HTTPClient(connections)
    }

    /// Adds what is to be closed once all services have stopped; the last added is closed first.
    func closeAtEnd(_ close: @escaping @Sendable () async -> Void) { closing.append(close) }

    /// Opens a resource, or returns the one that has the key.
    func resource<Resource: Sendable>(
        _ key: String, open: @escaping @Sendable () async throws -> Resource, close: @escaping @Sendable (Resource) async -> Void
    ) async throws -> Resource {
        let opening =
            opened[key]
            ?? Task {
                let resource = try await open()
                closeAtEnd { await close(resource) }
                return resource
            }
        opened[key] = opening
        guard let resource = try await opening.value as? Resource else {
            throw ConfigurationError("the resource \(key) is of another type than \(Resource.self): give one of them another key")
        }
        return resource
    }

    /// Returns the resource that has the key, if it was opened.
    func opened<Resource: Sendable>(_ key: String, as type: Resource.Type) async throws -> Resource? {
        try await opened[key]?.value as? Resource
    }

    /// Adds what the requests and calls of a service pass through.
    nonisolated func add(_ middleware: [any Middleware], _ interceptors: [any Interceptor], to service: String) {
        layers.withLock { layers in
            layers[service, default: ServiceLayers()].middleware += middleware
            layers[service, default: ServiceLayers()].interceptors += interceptors
        }
    }

    nonisolated func layers(of service: String) -> ServiceLayers { layers.withLock { $0[service] ?? ServiceLayers() } }

    /// Adds what is to run beside answering.
    func add(_ service: RestartingService, of name: String) { background.append((name, service)) }

    func close() async {
        for close in closing.reversed() { await close() }
        closing = []
        for caller in callers.values { caller.close() }
        client.shutdown()
    }

    /// Carries a service's calls to an address. The connections are kept for its next calls.
    /// - Parameter isTrusted: whether it shows that it is a service: not where the calls are those of anyone outside.
    func caller(to address: HTTPAddress, as service: String, isTrusted: Bool = true) -> ServiceCaller {
        let name = "\(service) \(address)"
        let identity = ServiceIdentity(name: service, key: isTrusted ? serviceKey : nil, gatewayKey: isTrusted ? nil : serviceKey)
        let caller = callers[name] ?? .grpc(to: address, as: identity)
        callers[name] = caller
        return caller
    }

    nonisolated func host(of service: any ServiceDefinition) -> ServiceHost {
        ServiceHost(
            service: service.name, settings: settings, declared: Set(service.settings.map(\.key)), environment: environment,
            logger: Logger(service: service.name), store: store, events: events,
            serviceKey: serviceKey, process: self)
    }
}
