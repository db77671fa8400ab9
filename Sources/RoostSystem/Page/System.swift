import Roost
import RoostGateway

/// A whole system on one page: its gateway and its services. How they are spread over processes is said at the start.
///
/// ```swift
/// let shop = System("shop", drivers: [.sqlite]) {
///     Gateway(port: 8000)
///     AccountsService()
///     OrdersService()
/// }
/// await shop.main()
/// ```
public struct System: Sendable {
    /// One line of the page.
    public enum Part: Sendable {
        case gateway(Gateway)
        /// - Parameter alone: whether it keeps a process of its own where the others run together.
        case service(any ServiceDefinition, alone: Bool)
    }

    public let name: String
    /// What its documents call it.
    public let title: String
    /// The version of what it promises.
    public let version: String
    /// What its documents say of it.
    public let description: String
    public let gateway: Gateway?
    public let services: [any ServiceDefinition]
    /// What opens the databases, the key-value store and the event bus, by the schemes of their URLs.
    public let drivers: [Driver]
    /// What the calls of every service pass through, outermost first.
    public let interceptors: [any Interceptor]
    /// The shape of errors, which all services, the gateway and the documents have in common.
    public let errors: any ErrorDocument.Type
    /// Whether the page lists no second gateway.
    let hasOneGateway: Bool
    private let alone: Set<String>

    /// - Parameters:
    ///   - name: the system's, in one word.
    ///   - title: what its documents call it; its name where left out.
    ///   - version: of what it promises, as its documents tell it.
    ///   - description: what its documents say of it, in Markdown.
    ///   - drivers: what opens databases, the key-value store and the event bus. The program links and accepts what is listed, and nothing
    ///     else.
    ///   - errors: The shape of errors: problem documents (RFC 9457) unless told otherwise.
    ///   - interceptors: what the calls of every service pass through, outermost first.
    public init(
        _ name: String, title: String? = nil, version: String = "1.0.0", description: String = "", drivers: [Driver],
        errors: any ErrorDocument.Type = ProblemDocument.self, interceptors: [any Interceptor] = [], @SystemBuilder _ page: () -> [Part]
    ) {
        self.name = name
        self.title = title ?? name
        self.version = version
        self.description = description
        self.drivers = drivers
        self.errors = errors
        self.interceptors = interceptors
        var gateway: Gateway?, hasOneGateway = true
        var services: [any ServiceDefinition] = []
        var alone: Set<String> = []
        for part in page() {
            switch part {
            case .gateway(let listed):
                if gateway != nil { hasOneGateway = false }
                gateway = listed
            case .service(let service, let isAlone):
                services.append(service)
                if isAlone { alone.insert(service.name) }
            }
        }
        self.gateway = gateway
        self.hasOneGateway = hasOneGateway
        self.services = services
        self.alone = alone
    }

    /// The gateway's name among the system's processes.
    static let gatewayName = "gateway"

    /// Every name on the page: the services in their order, then the gateway, which is started last and stopped first.
    var names: [String] { services.map(\.name) + (gateway == nil ? [] : [Self.gatewayName]) }

    /// Which names share a process.
    /// - Parameters:
    ///   - together: whether all that may be are in one.
    ///   - replicated: those of which there are several, each in a process of its own.
    package func processes(together: Bool, replicated: Set<String> = []) -> [[String]] {
        guard together else { return names.map { [$0] } }
        let alone = alone.union(replicated)
        let shared = names.filter { !alone.contains($0) }
        return names.filter { alone.contains($0) }.map { [$0] } + (shared.isEmpty ? [] : [shared])
    }
}

/// Collects the lines of a system's page.
@resultBuilder
public enum SystemBuilder {
    public static func buildExpression(_ gateway: Gateway) -> [System.Part] { [.gateway(gateway)] }
    public static func buildExpression(_ service: any ServiceDefinition) -> [System.Part] { [.service(service, alone: false)] }
    public static func buildExpression(_ part: System.Part) -> [System.Part] { [part] }
    public static func buildBlock(_ parts: [System.Part]...) -> [System.Part] { parts.flatMap(\.self) }
}
