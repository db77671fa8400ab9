import Logging
import Roost
import RoostHTTP
import Synchronization

/// Finds the services of contracts: in this process, or at an address.
///
/// The services of a process are assembled concurrently. A client of one is available immediately, and its first call waits until the
/// service is assembled, so that services which call each other can start together.
final class ServiceRegistry: Sendable {
    enum Place {
        case here
        case there(HTTPAddress)
    }

    private typealias Served = (implementation: any Sendable, endpoints: [Endpoint], logger: Logger)

    /// How long the first call of a service waits until the service is assembled: 10 s.
    private static let startTimeout = Duration.seconds(10)

    private let owners: [String: String]
    private let addresses: [String: HTTPAddress]
    /// The services of this process, each of which is fulfilled when it has been assembled.
    private let local: [String: Promise<Void>]
    /// The services of contracts, by the name of the contract.
    private let served = Mutex<[String: Served]>([:])

    /// Creates a registry.
    /// - Parameters:
    ///   - owners: The service that serves a contract, by the name of the contract.
    ///   - addresses: The addresses of services in other processes.
    ///   - local: The services of this process.
    init(owners: [String: String], addresses: [String: HTTPAddress], local: Set<String>) {
        self.owners = owners
        self.addresses = addresses
        self.local = Dictionary(uniqueKeysWithValues: local.map { ($0, Promise()) })
    }

    /// Returns where a contract is served.
    /// - Parameters:
    ///   - contract: The name of the contract.
    ///   - service: The calling service.
    /// - Throws: A `ConfigurationError` if the address is unknown.
    func place(of contract: String, for service: String) throws(ConfigurationError) -> Place {
        // A service that runs alone does not know the system's other services. A contract is then assumed to have the name of its service.
        let owner = owners[contract] ?? contract
        if local[owner] != nil { return .here }
        guard let address = addresses[owner] else {
            throw ConfigurationError("\(service) calls \(owner), whose address is not known: name it in ADDRESSES")
        }
        return .there(address)
    }

    /// Returns the service of a contract in this process, once it is assembled.
    /// - Throws: A `Problem` with status 503 if that takes too long, or 501 if the service does not serve the contract; the error of a service that could not be assembled.
    func service<API: Sendable>(of contract: String, as type: API.Type) async throws -> LocalService<API> {
        let owner = owners[contract] ?? contract
        let late = Problem.unavailable("The service \(owner) has not started.")
        if let assembled = local[owner] { try await assembled.value(by: .now + Self.startTimeout, orThrow: late) }
        guard let (object, endpoints, logger) = served.withLock({ $0[contract] }) else {
            // That is a fault of the other service, and reported as such at the start.
            throw Problem(.notImplemented, "\(owner) does not serve \(contract).")
        }
        guard let implementation = object as? API else {
            throw ConfigurationError("the implementation of \(contract) does not conform to \(API.self)")
        }
        return LocalService(implementation, endpoints: endpoints, logger: logger)
    }

    /// Adds a service that has been assembled.
    func add(_ service: String, _ implementations: [ContractImplementation], _ endpoints: [Endpoint]) {
        let logger = Logger(service: service)
        served.withLock { served in
            for implementation in implementations { served[implementation.contract] = (implementation.service, endpoints, logger) }
        }
        local[service]?.fulfill(.success(()))
    }

    /// Makes all waits fail, now and later, because a service could not be assembled.
    func fail(_ error: any Error) {
        for service in local.values { service.fulfill(.failure(error)) }
    }
}
