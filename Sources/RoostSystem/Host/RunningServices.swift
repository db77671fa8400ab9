import Logging
import Roost
import RoostDocuments
import RoostGRPC
import RoostGateway
import RoostHTTP
public import ServiceLifecycle

/// Services of a system, running in this process: each on a port of its own, calling one another directly.
///
/// They answer from `start` on; what they do besides begins with `run()`.
public actor RunningServices: Service {
    /// The port that each service and the gateway listens on, by name.
    public private(set) var ports: [String: Int] = [:]

    private let resources: ProcessResources
    private let logger: Logger
    /// Whether the system has a gateway, in whichever process.
    private let hasGateway: Bool
    private let errors: any ErrorDocument.Type
    private var servers: [HTTPServer] = []
    private var health: [Health] = []
    private let grace: Duration
    private var group: ServiceGroup?

    /// How long everything together may take to stop; what is left then is cancelled. It is less than the supervisor waits for.
    private static let stopLimit = Duration.seconds(21)

    /// Puts services together and starts them; returns once all accept requests.
    /// - Parameters:
    ///   - names: those of the page to run here, `gateway` among them; all where left out.
    ///   - settings: what the system was told.
    ///   - grace: how long requests under way may take once the services are asked to stop.
    ///   - logger: for what concerns all services.
    /// - Throws: a `ConfigurationError` where something was configured wrongly; nothing then runs.
    public static func start(
        _ system: System, _ names: [String]? = nil, settings: Settings, grace: Duration = .seconds(20),
        logger: Logger = Logger(label: "roost")
    ) async throws -> RunningServices {
        let names = names ?? system.names
        if let unknown = names.first(where: { !system.names.contains($0) }) {
            throw ConfigurationError("\(unknown) is none of this system's services: \(system.names.joined(separator: ", "))")
        }
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

    private init(_ resources: ProcessResources, _ logger: Logger, _ grace: Duration, of system: System) {
        self.resources = resources
        hasGateway = system.gateway != nil
        errors = system.errors
        self.logger = logger
        self.grace = grace
    }

    /// Runs until it is asked to stop. Then no new requests are taken, those under way are finished, what runs besides ends, and everything
    /// is closed, each in the opposite order of its start.
    /// - Throws: A `ConfigurationError` if a part of a service cannot run; everything has stopped then too.
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

    /// Runs while something else does, then stops.
    /// - Throws: A `ConfigurationError` if a part of a service cannot run; whatever `body` throws.
    public nonisolated func run<Value>(while body: () async throws -> Value) async throws -> Value {
        async let running: Void = run()
        let value: Value
        do {
            value = try await body()
        } catch {
            await stop()
            // Why the services cannot go on is the cause of what the body saw.
            try await running
            throw error
        }
        await stop()
        try await running
        return value
    }

    /// Asks the services to stop, and returns at once: `run()` returns when they have.
    public func stop() async { await group?.triggerGracefulShutdown() }

    /// Gives up services that could not all be started.
    private func abandon() async {
        for server in servers.reversed() { await server.stop(within: .zero) }
        await resources.close()
    }

    private func start(_ system: System, _ names: Set<String>) async throws {
        let local = system.services.filter { names.contains($0.name) }
        for service in local { try checkKey(for: service.contracts.flatMap { $0.description.routes }, of: service.name) }
        let assemblies = try await checked(system, local, atGateway: names.contains(System.gatewayName))
        var responders: [String: Responder] = [:]
        for service in local {
            guard let assembly = assemblies[service.name] else { continue }
            try checkKey(for: assembly.endpoints.map(\.route), of: service.name)
            let health = Health()
            let responder = try assembly.responder(
                health: health, documents: Documents(of: service.documentation(of: assembly, in: system)),
                endpoints: assembly.calls(through: system.interceptors, remembering: resources.store))
            responders[service.name] = responder
            let contracts = service.contracts.map { $0.description }
            let grpc = GRPCProtocol(serving: contracts) { health.isReady }
            // Beside the gateway, which is the door to the outside, a service is reached from this machine alone.
            let isDoor = !names.contains(System.gatewayName)
            let port = local.count == 1 && isDoor ? try resources.settings[.port(default: 0)] : 0
            try await listen(service.name, port: port, Self.internalServer, isDoor: isDoor, grpc, responder)
            health.set(ready: true)
            self.health.append(health)
        }
        if let gateway = system.gateway, names.contains(System.gatewayName) {
            var upstreams: [Upstream] = []
            for service in system.services { upstreams.append(await upstream(service, responders[service.name], gateway)) }
            let responder = try gateway.responder(to: upstreams, describing: system.documentation)
            let contracts = system.services.flatMap(\.contracts).map { $0.description.published }
            let grpc = GRPCProtocol(serving: contracts, room: SharedRoom(gateway.shares.memory)) { true }
            try await listen(
                System.gatewayName, port: resources.settings[.port(default: gateway.port)], gateway.server, grpc,
                responder)
        }
        group = await group(for: local)
    }

    /// What runs, in the order of its start: it is stopped in the opposite one.
    private func group(for services: [any ServiceDefinition]) async -> ServiceGroup {
        typealias Configuration = ServiceGroupConfiguration.ServiceConfiguration
        let background = await resources.background
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
                } + [Configuration(service: ReadinessService(health: health), successTerminationBehavior: .ignore)],
            logger: logger)
        configuration.maximumGracefulShutdownDuration = Self.stopLimit
        return ServiceGroup(configuration: configuration)
    }

    /// Puts the services together, and sees whether they can stand beside one another.
    /// - Throws: a `ConfigurationError` that names all that is wrong.
    private func checked(
        _ system: System, _ local: [any ServiceDefinition], atGateway: Bool
    ) async throws -> [String: ServiceAssembly] {
        let faults = try system.faults(atGateway: atGateway)
        do {
            let assemblies = try await assemble(local, through: system.interceptors)
            try ConfigurationError.check(faults + resources.faults.lines)
            return assemblies
        } catch {
            // What a service could not find may be missing for what is wrong with another.
            try ConfigurationError.check(faults + resources.faults.lines)
            throw error
        }
    }

    /// Puts the services together side by side, as each may wait for others.
    private func assemble(_ services: [any ServiceDefinition], through interceptors: [any Interceptor]) async throws -> [String:
        ServiceAssembly]
    {
        let resources = resources
        return try await withThrowingTaskGroup(of: (String, ServiceAssembly).self) { group in
            for service in services {
                group.addTask {
                    do {
                        let assembly = try await service.assembly(on: resources.host(of: service))
                        resources.faults.add(service.faults(of: assembly, beside: Health()))
                        let endpoints = assembly.calls(through: interceptors, remembering: resources.store)
                        resources.directory.add(service.name, assembly.implementations, endpoints)
                        return (service.name, assembly)
                    } catch {
                        resources.directory.fail(error)
                        throw error
                    }
                }
            }
            return try await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
        }
    }

    /// How a service's own port is served: to the gateway and other services, whose connections carry the calls of many clients.
    private static var internalServer: HTTPServer.Configuration {
        var limits = HTTPLimits()
        limits.streams = 1024
        return HTTPServer.Configuration(limits: limits, callers: .services)
    }

    private func listen(
        _ name: String, port: Int, _ server: HTTPServer.Configuration, isDoor: Bool = true, _ grpc: GRPCProtocol,
        _ responder: @escaping Responder
    ) async throws {
        var settings = server
        let given = resources.addresses[name]
        settings.host = isDoor ? try resources.settings[.host] : "127.0.0.1"
        settings.port = given?.port ?? port
        settings.sharesPort = try name != System.gatewayName && resources.settings[.replica] != nil
        settings.grace = grace
        // What comes to the gateway is from outside, whatever key it shows. Behind it no proxy but the gateway itself is believed.
        let isOutermost = name == System.gatewayName || !hasGateway
        let proxies: TrustedProxies = isOutermost ? try resources.settings[.trustedProxies] : .none
        // Proxies in front connect for all of their clients.
        if proxies != .none { settings.limits.connectionShare = settings.limits.connections }
        settings.errors = errors
        settings.protocols = [grpc]
        settings.middleware = [
            ClientAddressMiddleware(trusting: proxies, key: name == System.gatewayName ? nil : resources.serviceKey)
        ]
        do {
            let server = try await HTTPServer.start(settings, logger: Logger(service: name), responder: responder)
            servers.append(server)
            ports[name] = server.port
        } catch let error as TransportError {
            throw given.map { error.naming(port: "ADDRESSES", value: "\(name)=\($0)") } ?? error.naming(port: "PORT")
        }
    }

    private func checkKey(for routes: [Route], of service: String) throws(ConfigurationError) {
        try ServiceKey.check(resources.serviceKey, for: service, routes)
    }

    private func upstream(_ service: any ServiceDefinition, _ responder: Responder?, _ gateway: Gateway) async -> Upstream {
        let name = service.name
        let routes = service.contracts.flatMap { $0.description.routes }
        if let responder {
            let logger = Logger(service: name)
            return Upstream(
                name, routes: routes,
                respond: { request, context in
                    var context = context
                    context.logger = logger
                    return try await responder(request, context)
                }, interceptors: [gateway.sharing()])
        }
        guard let address = resources.addresses[name] else {
            return Upstream(name, routes: routes) { _, _ in throw Problem.unavailable("The service \(name) has no address.") }
        }
        let forwarding = Forwarding(to: name, at: address, by: resources.client, key: resources.serviceKey, of: gateway)
        let caller = await resources.caller(to: address, as: System.gatewayName, isTrusted: false)
        return Upstream(
            name, routes: routes, respond: forwarding.respond,
            callers: [caller.intercepted(by: [forwarding.sharing])])
    }
}
