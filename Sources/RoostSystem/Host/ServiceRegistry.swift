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

    private typealias Waiter = CheckedContinuation<Void, any Error>

    private struct State {
        /// The services of contracts, by the name of the contract.
        var served: [String: (implementation: any Sendable, endpoints: [Endpoint], logger: Logger)] = [:]
        /// The services that have been assembled.
        var assembled: Set<String> = []
        /// The tasks that wait for a service.
        var waiters: [Int: (service: String, waiter: Waiter)] = [:]
        var ticket = 0
        var failure: (any Error)?
    }

    /// How long the first call of a service waits until the service is assembled: 10 s.
    private static let startTimeout = Duration.seconds(10)

    private let owners: [String: String]
    private let addresses: [String: HTTPAddress]
    private let local: Set<String>
    private let state = Mutex(State())

    /// Creates a registry.
    /// - Parameters:
    ///   - owners: The service that serves a contract, by the name of the contract.
    ///   - addresses: The addresses of services in other processes.
    ///   - local: The services of this process.
    init(owners: [String: String], addresses: [String: HTTPAddress], local: Set<String>) {
        self.owners = owners
        self.addresses = addresses
        self.local = local
    }

    /// Returns where a contract is served.
    /// - Parameters:
    ///   - contract: The name of the contract.
    ///   - service: The calling service.
    /// - Throws: A `ConfigurationError` if the address is unknown.
    func place(of contract: String, for service: String) throws(ConfigurationError) -> Place {
        // A service that runs alone does not know the system's other services. A contract is then assumed to have the name of its service.
        let owner = owners[contract] ?? contract
        if local.contains(owner) { return .here }
        guard let address = addresses[owner] else {
            throw ConfigurationError("\(service) calls \(owner), whose address is not known: name it in ADDRESSES")
        }
        return .there(address)
    }

    /// Returns the service of a contract in this process, once it is assembled.
    /// - Throws: A `Problem` with status 503 if that takes too long, or 501 if the service does not serve the contract; the error of a service that could not be assembled.
    func service<API: Sendable>(of contract: String, as type: API.Type) async throws -> LocalService<API> {
        let owner = owners[contract] ?? contract
        if !state.withLock({ $0.assembled.contains(owner) }) { try await wait(for: owner) }
        guard let (object, endpoints, logger) = state.withLock({ $0.served[contract] }) else {
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
        let ready = state.withLock { state in
            for implementation in implementations { state.served[implementation.contract] = (implementation.service, endpoints, logger) }
            state.assembled.insert(service)
            let ready = state.waiters.filter { $0.value.service == service }
            for ticket in ready.keys { state.waiters[ticket] = nil }
            return ready.values.map(\.waiter)
        }
        for waiter in ready { waiter.resume() }
    }

    /// Makes all waits fail, now and later, because a service could not be assembled.
    func fail(_ error: any Error) {
        let waiters = state.withLock { state in
            state.failure = state.failure ?? error
            defer { state.waiters = [:] }
            return state.waiters.values.map(\.waiter)
        }
        for waiter in waiters { waiter.resume(throwing: error) }
    }

    private func wait(for service: String) async throws {
        let ticket = state.withLock { state in
            state.ticket += 1
            return state.ticket
        }
        let late = Problem.unavailable("The service \(service) has not started.")
        let timer = Task {
            try await Task.sleep(for: Self.startTimeout)
            leave(ticket, late)
        }
        defer { timer.cancel() }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { begin($0, ticket, service) }
        } onCancel: {
            leave(ticket, CancellationError())
        }
    }

    private func begin(_ waiter: Waiter, _ ticket: Int, _ service: String) {
        let result = state.withLock { state -> Result<Void, any Error>? in
            if let failure = state.failure { return .failure(failure) }
            if state.assembled.contains(service) { return .success(()) }
            state.waiters[ticket] = (service, waiter)
            return nil
        }
        if let result { return waiter.resume(with: result) }
        // The task may have been cancelled before it could be woken.
        if Task.isCancelled { leave(ticket, CancellationError()) }
    }

    private func leave(_ ticket: Int, _ reason: any Error) {
        state.withLock { $0.waiters.removeValue(forKey: ticket) }?.waiter.resume(throwing: reason)
    }
}
