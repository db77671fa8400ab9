public import Roost
public import RoostDocuments
import RoostGRPC
public import RoostGateway
import RoostHTTP

extension Gateway: EdgeDefinition {
    /// The gateway's name: `gateway`.
    public var name: String { "gateway" }

    /// Returns the faults of the gateway's routes, one line each.
    /// - Throws: A `ConfigurationError` if the site cannot be read.
    public func faults(before services: [Upstream], of system: SystemDescription) throws(ConfigurationError) -> [String] {
        try faults(of: services, describing: system)
    }

    /// Puts the gateway before all other services of the system, in this process or in others.
    public func assemble(on host: ServiceHost) async throws -> some EndpointProvider { try await endpoints(on: host, authentication: []) }

    /// - Parameter authentication: The middleware around the routes of services.
    func endpoints(on host: ServiceHost, authentication: [any Middleware]) async throws -> GatewayEndpoints {
        var upstreams: [Upstream] = []
        for service in host.process.system.services { upstreams.append(await host.upstream(of: service, behind: self)) }
        host.use(layers, interceptors: interceptors)
        return GatewayEndpoints(
            endpoints: try endpoints(to: upstreams, describing: host.process.system.documentation, authentication: authentication))
    }
}

/// The endpoints of a gateway.
struct GatewayEndpoints: EndpointProvider {
    let endpoints: [Endpoint]
}

extension ServiceHost {
    /// Returns what requests for a service pass through.
    fileprivate func upstream(of service: any ServiceDefinition, behind gateway: Gateway) async -> Upstream {
        let name = service.name
        let routes = service.contracts.flatMap { $0.description.routes }
        if process.isHosted(name) {
            return Upstream(name, routes: routes, respond: process.respond(for: name), interceptors: [gateway.sharing()])
        }
        let program = service as? External
        guard let address = process.addresses[name] else {
            let respond: Responder = { _, _ in throw Problem.unavailable("The service \(name) has no address.") }
            return Upstream(name, routes: routes, respond: respond, fallbacks: program?.fallbacks ?? [])
        }
        let proxy = ReverseProxy(to: name, at: address, by: process.client, key: serviceKey, of: gateway)
        let callProtocol = program?.callProtocol ?? .grpc
        let caller = await process.caller(to: address, as: self.service, isTrusted: false, by: callProtocol)
            .intercepted(by: [proxy.sharing])
        guard let program else { return Upstream(name, routes: routes, respond: proxy.respond, callers: [caller]) }
        return Upstream(
            name, routes: routes, respond: proxy.respond, callers: program.callers(over: caller), fallbacks: program.fallbacks)
    }
}

extension External {
    /// Returns what passes on the calls that the gateway gets in another protocol than that of the program.
    fileprivate func callers(over caller: ServiceCaller) -> [any Caller] {
        switch callProtocol {
        case .rest: [TranslatingCaller(contracts, from: MessageCodec(), to: caller)]
        case .grpc: [caller, TranslatingCaller(contracts, from: RESTCodec(), to: caller)]
        }
    }
}
