import Logging
import Roost
import RoostDocuments
import RoostGRPC
import RoostGateway
import RoostHTTP

/// Services of a system, running in this process: each on a port of its own, calling one another directly.
public actor RunningServices {
    /// The port that each service and the gateway listens on, by name.
    public private(set) var ports: [String: Int] = [:]

    private let resources: ProcessResources
    private let logger: Logger
    /// Whether the system has a gateway, in whichever process.
    private let hasGateway: Bool
    private var servers: [HTTPServer] = []
    private var health: [Health] = []
    private var workers: [Task<Void, Never>] = []
    private let failures: AsyncStream<ConfigurationError>
    private let fail: AsyncStream<ConfigurationError>.Continuation

    /// Puts services together and starts them; returns once all accept requests.
    /// - Parameters:
    ///   - names: those of the page to run here, `gateway` among them; all where left out.
    ///   - settings: what the system was told.
    /// - Throws: a `ConfigurationError` where something was configured wrongly; nothing then runs.
    public static func start(
        _ system: System, _ names: [String]? = nil, settings: Settings,
        logger: Logger = Logger(label: "roost")
    ) async throws -> RunningServices {
        let names = names ?? system.names
        if let unknown = names.first(where: { !system.names.contains($0) }) {
            throw ConfigurationError("\(unknown) is none of this system's services: \(system.names.joined(separator: ", "))")
        }
        try system.check(settings, hosting: names)
        let resources = try await ProcessResources(system, hosting: Set(names), settings: settings, logger: logger)
        let running = RunningServices(resources, logger, hasGateway: system.gateway != nil)
        do {
            try await running.start(system, Set(names))
        } catch {
            await running.stop(within: .zero)
            throw error
        }
        return running
    }

    private init(_ resources: ProcessResources, _ logger: Logger, hasGateway: Bool) {
        self.resources = resources
        self.hasGateway = hasGateway
        self.logger = logger
        (failures, fail) = AsyncStream.makeStream(bufferingPolicy: .bufferingOldest(1))
    }

    /// Waits until one of the services can do its work no more.
    /// - Returns: why not; `nil` where the task was cancelled.
    func failure() async -> ConfigurationError? { await failures.first { _ in true } }

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
            begin(assembly, of: service.name)
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
                        let assembly = try await service.assemble(on: resources.host(of: service))
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
        // What comes to the gateway is from outside, whatever key it shows. Behind it no proxy but the gateway itself is believed.
        let isOutermost = name == System.gatewayName || !hasGateway
        let proxies: TrustedProxies = isOutermost ? try resources.settings[.trustedProxies] : .none
        // Proxies in front connect for all of their clients.
        if proxies != .none { settings.limits.connectionShare = settings.limits.connections }
        settings.protocols = [grpc]
        settings.middleware = [
            ClientAddressMiddleware(trusting: proxies, key: name == System.gatewayName ? nil : resources.serviceKey)
        ]
        do {
            let server = try await HTTPServer.start(settings, logger: Logger(service: name), responder: responder)
            servers.append(server)
            ports[name] = server.port
        } catch let error as ListenError {
            throw given.map { error.naming(port: "ADDRESSES", value: "\(name)=\($0)") } ?? error.naming(port: "PORT")
        }
    }

    private func checkKey(for routes: [Route], of service: String) throws(ConfigurationError) {
        try ServiceKey.check(resources.serviceKey, for: service, routes)
    }

    private func begin(_ assembly: ServiceAssembly, of name: String) {
        let logger = Logger(service: name)
        workers += assembly.workers.map { worker in
            Task { [fail] in
                guard let error = await worker.run(logger: logger) else { return }
                logger.critical("\(worker.name) cannot run: \(error)")
                fail.yield(error)
            }
        }
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

    /// Stops: no new requests, what is under way is finished, then the workers end and the files are closed.
    /// - Parameter grace: how long requests under way may take.
    public func stop(within grace: Duration) async {
        for health in health { health.set(ready: false) }
        for server in servers.reversed() { await server.stop(within: grace) }
        for worker in workers { worker.cancel() }
        for worker in workers { await worker.value }
        await resources.close()
        (servers, workers) = ([], [])
    }
}
