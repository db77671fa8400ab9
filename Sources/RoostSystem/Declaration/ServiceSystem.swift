import Roost

/// A whole system, declared in one place: its gateway and its services. How they are distributed over processes is decided at startup.
///
/// ```swift
/// let shop = ServiceSystem("shop", drivers: [.sqlite]) {
///     Gateway(port: 8000)
///     AccountsService()
///     OrdersService()
/// }
/// await shop.main()
/// ```
public struct ServiceSystem: Sendable {
    /// One entry of the declaration.
    public enum Part: Sendable {
        /// A service.
        /// - Parameters:
        ///   - alone: Whether it has a process of its own even if the others run together.
        ///   - replicas: The number of its processes.
        case service(any ServiceDefinition, alone: Bool = false, replicas: Int = 1)
    }

    /// The system's name, in one word.
    public let name: String
    /// The title of the system in its documents.
    public let title: String
    /// The version of the system's contracts.
    public let version: String
    /// The description of the system in its documents.
    public let description: String
    /// The service that stands before the others, if there is one: usually the gateway.
    public let edge: (any EdgeDefinition)?
    /// The other services, in the order of the declaration.
    public let services: [any ServiceDefinition]
    /// The drivers for the databases, the key-value store and the event bus, chosen by the schemes of their URLs.
    public let drivers: [Driver]
    /// The middleware for the requests of every service, outermost first. The gateway has its own.
    public let middleware: [any Middleware]
    /// The interceptors for the calls of every service, outermost first.
    public let interceptors: [any Interceptor]
    /// The shape of errors, which all services, the gateway and the documents have in common.
    public let errors: any ErrorDocument.Type
    /// How the log is written.
    let log: LogStyle
    /// The names of all services that are declared to stand before the others. There should be at most one.
    let edgeNames: [String]
    private let alone: Set<String>
    /// The declared number of processes of each service, which may be one that is not allowed.
    let listedReplicas: [String: Int]

    /// Creates a system.
    /// - Parameters:
    ///   - name: The system's name, in one word.
    ///   - title: The title in the documents; the name by default.
    ///   - version: The version of the contracts, for the documents.
    ///   - description: The description in the documents, in Markdown.
    ///   - drivers: The drivers for the databases, the key-value store and the event bus. The program links and accepts only these.
    ///   - errors: The shape of errors: problem documents (RFC 9457) by default.
    ///   - middleware: The middleware for the requests of every service, outermost first.
    ///   - interceptors: The interceptors for the calls of every service, outermost first.
    ///   - log: How the log is written.
    ///   - parts: The gateway and the services.
    public init(
        _ name: String, title: String? = nil, version: String = "1.0.0", description: String = "", drivers: [Driver],
        errors: any ErrorDocument.Type = ProblemDocument.self, middleware: [any Middleware] = [], interceptors: [any Interceptor] = [],
        log: LogStyle = .standard, @SystemBuilder _ parts: () -> [Part]
    ) {
        self.name = name
        self.title = title ?? name
        self.version = version
        self.description = description
        self.drivers = drivers
        self.errors = errors
        self.middleware = middleware
        self.interceptors = interceptors
        self.log = log
        var edges: [any EdgeDefinition] = []
        var services: [any ServiceDefinition] = []
        var alone: Set<String> = [], listedReplicas: [String: Int] = [:]
        for part in parts() {
            switch part {
            case .service(let service, let isAlone, let count):
                if let edge = service as? any EdgeDefinition { edges.append(edge) } else { services.append(service) }
                listedReplicas[service.name] = count
                if isAlone { alone.insert(service.name) }
            }
        }
        edge = edges.first
        edgeNames = edges.map(\.name)
        self.services = services
        self.alone = alone
        self.listedReplicas = listedReplicas
    }

    /// The number of processes of each service unless a setting overrides it.
    var replicas: Replicas { Replicas(listedReplicas) }

    /// Every name in the declaration: the services in order, and then the edge, which is started last and stopped first.
    var names: [String] { (services + edges).map(\.name) }

    /// The edge as a list.
    private var edges: [any ServiceDefinition] { edge.map { [$0] } ?? [] }

    /// Returns the services with these names, the edge last.
    func services(named names: Set<String>) -> [any ServiceDefinition] { (services + edges).filter { names.contains($0.name) } }

    /// Returns the names that share a process.
    /// - Parameters:
    ///   - together: Whether all services that can share a process do.
    ///   - replicated: The services with several replicas, each of which has a process of its own.
    package func processes(together: Bool, replicated: Set<String> = []) -> [[String]] {
        guard together else { return names.map { [$0] } }
        let alone = alone.union(replicated).union(programs.map(\.name))
        let shared = names.filter { !alone.contains($0) }
        return names.filter { alone.contains($0) }.map { [$0] } + (shared.isEmpty ? [] : [shared])
    }
}

/// Collects the entries of a system's declaration.
@resultBuilder
public enum SystemBuilder {
    /// Adds a service.
    public static func buildExpression(_ service: any ServiceDefinition) -> [ServiceSystem.Part] { [.service(service)] }
    /// Adds a part, such as a service that runs alone.
    public static func buildExpression(_ part: ServiceSystem.Part) -> [ServiceSystem.Part] { [part] }
    /// Joins the entries of the declaration.
    public static func buildBlock(_ parts: [ServiceSystem.Part]...) -> [ServiceSystem.Part] { parts.flatMap(\.self) }
}
