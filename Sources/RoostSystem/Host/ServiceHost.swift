import Logging
import Roost
import RoostData
import RoostEvents
import RoostGRPC
import RoostHTTP
import RoostStore

/// What a service is put together from: its configuration, its own database, the shared store and event bus, and the other
/// services.
public struct ServiceHost: Sendable {
    /// The service's name.
    public let service: String
    private let settings: Settings
    private let declared: Set<String>
    /// Whether this is for development, where things may be open that never are in production.
    public let environment: DeploymentEnvironment
    public let logger: Logger
    /// The key-value store that all services share.
    public let store: any KeyValueStore
    /// The event bus that all services share.
    public let events: any EventBus
    /// What services show one another to be known as such; `nil` where none was given.
    public let serviceKey: String?
    let process: ProcessResources

    init(
        service: String, settings: Settings, declared: Set<String>, environment: DeploymentEnvironment, logger: Logger,
        store: any KeyValueStore, events: any EventBus, serviceKey: String?, process: ProcessResources
    ) {
        self.service = service
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
    /// - Throws: A `ConfigurationError` if it was given wrongly, or the service does not list it among its `settings`.
    public subscript<Value>(setting: Setting<Value>) -> Value {
        get throws(ConfigurationError) {
            guard declared.contains(setting.key) else {
                throw ConfigurationError("\(service) reads the setting \(setting.key) and does not declare it: add it to its `settings`")
            }
            return try settings[setting]
        }
    }

    /// Opens the service's database, and applies migrations.
    func openDatabase(_ migrations: [Migration]) async throws -> Database {
        try await ResourceSetting.database(of: service).open(settings, in: process.dataFolder, with: process.drivers) { database in
            do {
                try await database.migrate(migrations)
            } catch {
                await database.close()
                throw error
            }
        }
    }

    /// Tells whoever runs the service something that must not be missed, whatever the log level: once, on standard error.
    public func announce(_ line: String) { StandardError.write("\(service): \(line)") }

    /// A client of another service, in this process or over the network: the two differ in speed and in nothing else. In this process the
    /// first call waits until the service is put together.
    /// - Throws: a `ConfigurationError` where the system has no such service.
    public func client<Called: Contract>(for contract: Called.Type) async throws -> Called.API {
        let name = contract.description.name
        let directory = process.directory
        switch try directory.place(of: name, for: service) {
        case .here:
            let callee = LocalCallee(for: service, codec: MessageCodec()) { try await directory.service(of: name, as: Called.API.self) }
            return contract.client(of: Callee(callee))
        case .there(let address):
            return contract.client(over: await process.caller(to: address, as: service))
        }
    }

    /// Makes HTTP requests to anywhere.
    public var http: HTTPClient { process.client }

    /// Where a service of this system listens.
    public func address(of service: String) -> HTTPAddress? { process.addresses[service] }
}

extension ServiceHost: CustomStringConvertible, CustomReflectable {
    /// The service's name; nothing of its key.
    public var description: String { "ServiceHost(\(service))" }
    public var customMirror: Mirror { Mirror(self, children: ["service": service]) }
}
