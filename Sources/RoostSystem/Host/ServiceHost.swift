import Logging
import Roost
import RoostData
import RoostEvents
import RoostGRPC
import RoostHTTP
import RoostStore

/// What a service is assembled from: its settings, its own database, its part of the store, the event bus, and clients of other services.
public struct ServiceHost: Sendable {
    /// The service's name.
    public let service: String
    let settings: Settings
    private let declared: Set<String>
    /// Whether the process runs in development or in production. In development, a service can allow what it refuses in production.
    public let environment: DeploymentEnvironment
    /// The service's logger.
    public let logger: Logger
    /// The service's own part of the store, which its replicas share. Other services do not see it; see `sharedStore(_:)`.
    public let store: any Store
    /// The event bus that all services share.
    public let events: any EventBus
    /// The service key; `nil` if none was given.
    public let serviceKey: String?
    /// The migrations of the service's database.
    let definition: DatabaseDefinition
    let process: ProcessResources

    init(
        service: String, definition: DatabaseDefinition, settings: Settings, declared: Set<String>, environment: DeploymentEnvironment,
        logger: Logger, store: any Store, events: any EventBus, serviceKey: String?, process: ProcessResources
    ) {
        self.service = service
        self.definition = definition
        self.settings = settings
        self.declared = declared
        self.environment = environment
        self.logger = logger
        self.store = store
        self.events = events
        self.serviceKey = serviceKey
        self.process = process
    }

    /// The value of one of the service's settings.
    /// - Throws: A `ConfigurationError` if the value is not allowed, or the service does not declare the setting in its `settings`.
    public subscript<Value>(setting: Setting<Value>) -> Value {
        get throws(ConfigurationError) {
            guard declared.contains(setting.key) else {
                throw ConfigurationError("\(service) reads the setting \(setting.key) without declaring it: add it to its `settings`")
            }
            return try settings[setting]
        }
    }

    /// Opens the service's database, and applies its migrations, or checks that they were applied.
    func openDatabase() async throws -> Database {
        let migrations = try definition.all, mode = try settings[.migrate], slowness = Duration.milliseconds(try settings[.slowStatement])
        let database = try await ResourceSetting.database(of: service).open(
            settings, in: process.dataFolder, with: process.system.drivers
        ) { database in
            do {
                let usual = try await database.usualMigrationMode(isInDevelopment: environment == .development)
                try await database.bringUpToDate(with: migrations, by: mode ?? usual)
            } catch {
                await database.close()
                throw error
            }
        }
        return database.logging(slowerThan: slowness)
    }

    /// Returns a part of the store that this service shares with all services that use the same name.
    /// - Parameter name: The name of the part, such as `revocations`.
    public func sharedStore(_ name: String) -> any Store { NamespacedStore(process.store, shared: name) }

    /// Writes a line to standard error, whatever the log level, for something that the operator must not miss.
    public func announce(_ line: String) { StandardError.write("\(service): \(line)") }

    /// Returns a client of another service, in this process or over the network; the two behave alike. In this process, the first call waits
    /// until the service is assembled.
    ///
    /// Over the network, every call is made with retries, the deadline and a circuit breaker; in this process, where no connection can fail,
    /// with the deadline.
    /// - Parameters:
    ///   - contract: The contract of the service.
    ///   - interceptors: Further interceptors of each call, outermost first, such as `DeadlineInterceptor(limit: .seconds(2))`.
    /// - Throws: A `ConfigurationError` if the system does not have the service.
    public func client<Called: Contract>(
        for contract: Called.Type, interceptors: [any Interceptor] = []
    ) async throws -> Called.API {
        let name = contract.description.name
        let registry = process.registry
        switch try registry.place(of: name, for: service) {
        case .here:
            let callee = LocalCallee(for: service, codec: MessageCodec(), interceptors: interceptors) {
                try await registry.service(of: name, as: Called.API.self)
            }
            return contract.client(of: Callee(callee))
        case .there(let address):
            let callProtocol = process.system.program(serving: name)?.callProtocol ?? .grpc
            let caller = await process.caller(to: address, as: service, by: callProtocol)
            return contract.client(over: caller.intercepted(by: interceptors))
        }
    }

    /// An HTTP client for requests to any address.
    public var http: PooledHTTPClient { process.client }

    /// Returns the address of a service of this system, or `nil` if it is unknown.
    public func address(of service: String) -> HTTPAddress? { process.addresses[service] }
}

extension ServiceHost: CustomStringConvertible, CustomReflectable {
    /// The service's name, without its key.
    public var description: String { "ServiceHost(\(service))" }
    /// A mirror that shows the service's name alone, so that dumping the host reveals no secret.
    public var customMirror: Mirror { Mirror(self, children: ["service": service]) }
}
