import Logging
import Roost
import RoostData
import RoostEvents
import RoostGRPC
import RoostHTTP
import RoostStore
import Synchronization

/// The resources that the services of one process share: the store, the bus, and the connections to other processes.
actor ProcessResources {
    nonisolated let system: ServiceSystem
    nonisolated let settings: Settings
    nonisolated let dataFolder: String
    nonisolated let addresses: [String: HTTPAddress]
    nonisolated let registry: ServiceRegistry
    nonisolated let client: PooledHTTPClient
    nonisolated let store: any Store
    nonisolated let events: any EventBus
    nonisolated let serviceKey: String?
    nonisolated let environment: DeploymentEnvironment
    nonisolated let faults = StartFaults()
    private nonisolated let layers = Mutex<[String: ServiceLayers]>([:])
    /// The names of the services of this process.
    private nonisolated let hosted: Set<String>
    /// What answers requests for the services of this process, once they are assembled.
    private nonisolated let responders = Mutex<[String: Responder]>([:])
    private var callers: [String: ServiceCaller] = [:]
    private var closing: [@Sendable () async -> Void] = []
    /// What runs when the process is asked to stop.
    private(set) var stopping: [@Sendable () async -> Void] = []
    private var opened: [String: Task<any Sendable, any Error>] = [:]
    /// The background work, with the service that it belongs to.
    private(set) var background: [(service: String, runs: RestartingService)] = []

    /// Opens the resources.
    /// - Throws: A `ConfigurationError` if a URL or an address is invalid.
    init(_ system: ServiceSystem, hosting names: Set<String>, settings: Settings, logger: Logger) async throws {
        self.settings = settings
        self.system = system
        hosted = names
        let folder = try DataFolder(settings)
        dataFolder = folder.path
        addresses = try settings[.addresses]
        serviceKey = try settings[ServiceKey.setting]
        environment = try settings[.environment]
        var owners: [String: String] = [:]
        for service in system.services {
            for contract in service.contracts { owners[contract.description.name] = service.name }
        }
        registry = ServiceRegistry(owners: owners, addresses: addresses, local: names.subtracting(system.edgeNames))
        let stores = try await SharedStores.open(settings, in: folder, of: system)
        store = stores.store
        events = stores.events
        closing = [{ await stores.close() }]
        var connections = PooledHTTPClient.Configuration()
        // Twice the number of requests that one client of the gateway can have in progress.
        connections.connections = 128
        client = PooledHTTPClient(connections)
    }

    /// The interceptors of all calls, outermost first. In development, one warns about statements that run again and again in a call.
    nonisolated var interceptors: [any Interceptor] {
        environment == .development ? [StatementCountInterceptor()] + system.interceptors : system.interceptors
    }

    /// Adds a resource to close once all services have stopped. The last one added is closed first.
    func closeAtEnd(_ close: @escaping @Sendable () async -> Void) { closing.append(close) }

    /// Adds an action to run when the process is asked to stop.
    func runAtStop(_ hook: @escaping @Sendable () async -> Void) { stopping.append(hook) }

    /// Opens a resource, or returns the one that already has the key.
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

    nonisolated func isHosted(_ service: String) -> Bool { hosted.contains(service) }

    nonisolated func add(_ responder: @escaping Responder, of service: String) { responders.withLock { $0[service] = responder } }

    /// Returns what answers requests for a service of this process, which may be assembled later.
    nonisolated func respond(for service: String) -> Responder {
        let logger = Logger(service: service)
        return { [self] request, context in
            guard let responder = responders.withLock({ $0[service] }) else {
                throw Problem.unavailable("The service \(service) has not started.")
            }
            var context = context
            context.logger = logger
            return try await responder(request, context)
        }
    }

    /// Returns the resource that has the key, if it was opened.
    func opened<Resource: Sendable>(_ key: String, as type: Resource.Type) async throws -> Resource? {
        try await opened[key]?.value as? Resource
    }

    /// Adds middleware and interceptors of a service.
    nonisolated func add(_ middleware: [any Middleware], _ interceptors: [any Interceptor], to service: String) {
        layers.withLock { layers in
            layers[service, default: ServiceLayers()].middleware += middleware
            layers[service, default: ServiceLayers()].interceptors += interceptors
        }
    }

    nonisolated func keepIdempotencyKeys(in service: String) {
        layers.withLock { $0[service, default: ServiceLayers()].keepsIdempotencyKeys = true }
    }

    /// Adds something that may keep a service from being ready.
    nonisolated func add(readinessCheck: @escaping @Sendable () -> String?, to service: String) {
        layers.withLock { $0[service, default: ServiceLayers()].readinessChecks.append(readinessCheck) }
    }

    nonisolated func layers(of service: String) -> ServiceLayers { layers.withLock { $0[service] ?? ServiceLayers() } }

    /// Adds background work.
    func add(_ service: RestartingService, of name: String) { background.append((name, service)) }

    func close() async {
        for close in closing.reversed() { await close() }
        closing = []
        for caller in callers.values { caller.close() }
        client.shutdown()
    }

    /// Returns a caller for the calls of a service to an address. Its connections are kept for later calls.
    /// - Parameters:
    ///   - address: The address.
    ///   - service: The name of the calling service.
    ///   - isTrusted: Whether it identifies itself as a service. The gateway does not, because its calls come from outside.
    ///   - callProtocol: The protocol of the callee.
    func caller(
        to address: HTTPAddress, as service: String, isTrusted: Bool = true, by callProtocol: External.CallProtocol = .grpc
    ) -> ServiceCaller {
        let name = "\(service) \(address) \(isTrusted) \(callProtocol)"
        let identity = ServiceIdentity(name: service, key: isTrusted ? serviceKey : nil, gatewayKey: isTrusted ? nil : serviceKey)
        let caller =
            switch callProtocol {
            case .grpc: callers[name] ?? .grpc(to: address, as: identity)
            case .rest: callers[name] ?? .rest(client, to: address, as: identity, errors: system.errors)
            }
        callers[name] = caller
        return caller
    }

    /// Returns a service's own part of the store.
    nonisolated func store(of service: any ServiceDefinition) -> any Store { NamespacedStore(store, service: service.name) }

    nonisolated func host(of service: any ServiceDefinition) -> ServiceHost {
        ServiceHost(
            service: service.name, definition: service.database, settings: settings, declared: Set(service.settings.map(\.key)),
            environment: environment, logger: Logger(service: service.name), store: store(of: service), events: events,
            serviceKey: serviceKey, process: self)
    }
}
