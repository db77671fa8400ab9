import Logging
import Roost
import RoostDocuments
import RoostGRPC
import RoostHTTP
public import ServiceLifecycle

/// The services of a system that run in this process, each on its own port, and call each other directly.
///
/// They answer requests from `start` on; their background work begins with `run()`.
public actor RunningServices: Service {
    /// The ports of the services and the gateway, by name.
    public private(set) var ports: [String: Int] = [:]

    private let resources: ProcessResources
    private let logger: Logger
    /// Whether the system has a gateway, in any process.
    private let hasEdge: Bool
    private let errors: any ErrorDocument.Type
    private var servers: [HTTPServer] = []
    private var health: [Health] = []
    private let grace: Duration
    private var group: ServiceGroup?

    /// How long everything together may take to stop, before the rest is cancelled. It is less than the supervisor waits.
    private static let stopLimit = Duration.seconds(21)

    /// Assembles and starts services, and returns once all of them accept requests.
    /// - Parameters:
    ///   - system: The system.
    ///   - names: The services of the system to run here, including `gateway`; by default all but programs in other languages.
    ///   - settings: The settings of the system.
    ///   - grace: How long requests in progress may take after the services are asked to stop.
    ///   - logger: The logger for messages about all services.
    /// - Throws: A `ConfigurationError` if something is configured incorrectly. Nothing runs then.
    public static func start(
        _ system: ServiceSystem, _ names: [String]? = nil, settings: Settings, grace: Duration = .seconds(20),
        logger: Logger = Logger(label: "roost")
    ) async throws -> RunningServices {
        let names = names ?? system.hostedNames
        if let unknown = names.first(where: { !system.names.contains($0) }) {
            throw ConfigurationError("\(unknown) is not a service of this system: \(system.names.joined(separator: ", "))")
        }
        if let program = system.programs.first(where: { names.contains($0.name) }) { throw program.hosting }
        try system.check(settings, hosting: names)
        let resources = try await ProcessResources(system, hosting: Set(names), settings: settings, logger: logger)
        let running = RunningServices(resources, logger, grace, of: system)
        do {
            try await running.start(system, Set(names))
        } catch {
            await running.abandon()
            throw error
        }
        return running
    }

    private init(_ resources: ProcessResources, _ logger: Logger, _ grace: Duration, of system: ServiceSystem) {
        self.resources = resources
        hasEdge = system.edge != nil
        errors = system.errors
        self.logger = logger
        self.grace = grace
    }

    /// Runs until it is asked to stop. No new requests are accepted then, those in progress are finished, background work ends, and
    /// everything is closed, each in the reverse order of its start.
    /// - Throws: A `ConfigurationError` if a part of a service cannot run. Everything has stopped then as well.
    public func run() async throws {
        do {
            try await group?.run()
        } catch is CancellationError {
        } catch {
            await resources.close()
            throw error
        }
        await resources.close()
    }

    /// Runs while other work does, and then stops.
    /// - Throws: A `ConfigurationError` if a part of a service cannot run; the error of the work.
    public nonisolated func run<Value>(while body: () async throws -> Value) async throws -> Value {
        async let running: Void = run()
        let value: Value
        do {
            value = try await body()
        } catch {
            await stop()
            // If the services cannot continue, that is the cause of the work's error.
            try await running
            throw error
        }
        await stop()
        try await running
        return value
    }

    /// Asks the services to stop, and returns immediately. `run()` returns once they have stopped.
    public func stop() async { await group?.triggerGracefulShutdown() }

    /// Stops services after some of them could not be started.
    private func abandon() async {
        for server in servers.reversed() { await server.stop(within: .zero) }
        await resources.close()
    }

    private func start(_ system: ServiceSystem, _ names: Set<String>) async throws {
        let local = system.services(named: names)
        for service in local { try checkKey(for: service.contracts.flatMap { $0.description.routes }, of: service.name) }
        let assemblies = try await checked(system, local)
        for service in local {
            guard let assembly = assemblies[service.name] else { continue }
            if let edge = service as? any EdgeDefinition {
                try await serve(edge, assembly, of: system)
            } else {
                try await serve(service, assembly, of: system, beside: local)
            }
        }
        group = await group(for: local)
    }

    /// Serves a service, to the services beside it and to those that reach its port.
    private func serve(
        _ service: any ServiceDefinition, _ assembly: ServiceAssembly, of system: ServiceSystem, beside local: [any ServiceDefinition]
    ) async throws {
        try checkKey(for: assembly.endpoints.map(\.route), of: service.name)
        let health = Health(readinessChecks: resources.layers(of: service.name).readinessChecks)
        let responder = try assembly.responder(
            through: system.middleware, health: health, documents: Documents(of: service.documentation(of: assembly, in: system)),
            endpoints: assembly.calls(through: resources.interceptors, remembering: resources.store(of: service)))
        resources.add(responder, of: service.name)
        var server = Self.internalServer
        server.protocols = [GRPCProtocol(serving: service.contracts.map { $0.description }) { health.isReady }]
        // Behind an edge, a service can be reached only from this machine.
        let isOpen = !local.contains { $0 is any EdgeDefinition }
        server.port = local.count == 1 && isOpen ? try resources.settings[.port(default: 0)] : 0
        try await listen(service.name, server, isOpen: isOpen, isEdge: false, responder)
        health.set(ready: true)
        self.health.append(health)
    }

    /// Serves the edge to the outside.
    private func serve(_ edge: any EdgeDefinition, _ assembly: ServiceAssembly, of system: ServiceSystem) async throws {
        var server = edge.server(for: system.documentation)
        server.port = try resources.settings[.port(default: edge.port)]
        try await listen(edge.name, server, isOpen: true, isEdge: true, try assembly.edgeResponder())
    }

    /// Returns everything that runs, in the order of its start. It is stopped in the reverse order.
    private func group(for services: [any ServiceDefinition]) async -> ServiceGroup {
        typealias Configuration = ServiceGroupConfiguration.ServiceConfiguration
        let background = await resources.background, hooks = await resources.stopping
        let runs = services.flatMap { service in background.filter { $0.service == service.name }.map(\.runs) }
        var configuration = ServiceGroupConfiguration(
            services: runs.map {
                Configuration(
                    service: $0, successTerminationBehavior: .ignore, failureTerminationBehavior: .gracefullyShutdownGroup,
                    serviceName: $0.name)
            }
                + servers.map {
                    Configuration(
                        service: $0, successTerminationBehavior: .gracefullyShutdownGroup,
                        failureTerminationBehavior: .gracefullyShutdownGroup, serviceName: "server of port \($0.port)")
                } + [Configuration(service: ReadinessService(health: health, hooks: hooks), successTerminationBehavior: .ignore)],
            logger: logger)
        configuration.maximumGracefulShutdownDuration = Self.stopLimit
        return ServiceGroup(configuration: configuration)
    }

    /// Assembles the services, and checks whether they fit together.
    /// - Throws: A `ConfigurationError` that names all faults.
    private func checked(
        _ system: ServiceSystem, _ local: [any ServiceDefinition]
    ) async throws -> [String: ServiceAssembly] {
        let faults = try system.faults(atEdge: local.contains { $0 is any EdgeDefinition })
        let assemblies = await assemble(local)
        try resources.faults.check(with: faults)
        return assemblies
    }

    /// Assembles the services concurrently, because each can wait for others. Those that could not be assembled are left out.
    private func assemble(_ services: [any ServiceDefinition]) async -> [String: ServiceAssembly] {
        let resources = resources
        return await withTaskGroup(of: (String, ServiceAssembly?).self) { group in
            for service in services {
                group.addTask {
                    do {
                        let assembly = try await service.assembly(on: resources.host(of: service))
                        // The faults of an edge are found without assembling it.
                        if !(service is any EdgeDefinition) { resources.faults.add(service.faults(of: assembly, beside: Health())) }
                        let endpoints = assembly.calls(through: resources.interceptors, remembering: resources.store(of: service))
                        resources.registry.add(service.name, assembly.implementations, endpoints)
                        return (service.name, assembly)
                    } catch {
                        resources.faults.add(error)
                        resources.registry.fail(error)
                        return (service.name, nil)
                    }
                }
            }
            return await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
        }
    }

    /// The configuration of a service's own port, for the gateway and other services, whose connections carry the calls of many clients.
    private static var internalServer: HTTPServer.Configuration {
        var limits = HTTPLimits()
        limits.streams = 1024
        return HTTPServer.Configuration(port: 0, limits: limits, callers: .services)
    }

    /// - Parameters:
    ///   - isOpen: Whether the server listens on `HOST`, and not on the loopback address.
    ///   - isEdge: Whether it is the edge of the system.
    private func listen(
        _ name: String, _ server: HTTPServer.Configuration, isOpen: Bool, isEdge: Bool, _ responder: @escaping Responder
    ) async throws {
        var server = server
        let given = resources.addresses[name]
        server.host = isOpen ? try resources.settings[.host] : "127.0.0.1"
        server.port = given?.port ?? server.port
        server.sharesPort = try !isEdge && resources.settings[.replica] != nil
        server.grace = grace
        // Requests at the edge are from the outside, whatever key they have. Behind it, only the edge itself is trusted as a proxy.
        let proxies: TrustedProxies = isEdge || !hasEdge ? try resources.settings[.trustedProxies] : .none
        // A trusted proxy has the connections of all of its clients.
        if proxies != .none { server.limits.connectionShare = server.limits.connections }
        server.errors = errors
        server.middleware = [ClientAddressMiddleware(trusting: proxies, key: isEdge ? nil : resources.serviceKey)]
        do {
            let running = try await HTTPServer.start(server, logger: Logger(service: name), responder: responder)
            servers.append(running)
            ports[name] = running.port
        } catch let error as TransportError {
            throw given.map { error.naming(port: "ADDRESSES", value: "\(name)=\($0)") } ?? error.naming(port: "PORT")
        }
    }

    private func checkKey(for routes: [Route], of service: String) throws(ConfigurationError) {
        try ServiceKey.check(resources.serviceKey, for: service, routes)
    }
}
