import Logging
import Roost
import RoostHTTP
import Synchronization

/// Finds what serves a contract: a service in this process, or an address.
///
/// Services of one process are put together side by side. A client of one is there at once, and its first call waits until the service
/// is put together, so that services which call one another start together.
final class Directory: Sendable {
    enum Place {
        case here
        case there(HTTPAddress)
    }

    private typealias Waiter = CheckedContinuation<Void, any Error>

    private struct State {
        /// What serves a contract, by the contract's name.
        var served: [String: (implementation: any Sendable, endpoints: [Endpoint], logger: Logger)] = [:]
        /// The services that are put together.
        var assembled: Set<String> = []
        /// Who waits for a service.
        var waiters: [Int: (service: String, waiter: Waiter)] = [:]
        var ticket = 0
        var failure: (any Error)?
    }

    /// How long the first call of a service waits for it to be put together: 10 s.
    private static let patience = Duration.seconds(10)

    private let owners: [String: String]
    private let addresses: [String: HTTPAddress]
    private let local: Set<String>
    private let state = Mutex(State())

    /// - Parameters:
    ///   - owners: which service serves a contract, by the contract's name.
    ///   - addresses: where the services of other processes listen.
    ///   - local: the services of this process.
    init(owners: [String: String], addresses: [String: HTTPAddress], local: Set<String>) {
        self.owners = owners
        self.addresses = addresses
        self.local = local
    }

    /// Where a contract is served.
    /// - Parameter service: who asks.
    /// - Throws: a `ConfigurationError` where no address is known.
    func place(of contract: String, for service: String) throws(ConfigurationError) -> Place {
        // A service run by itself does not know the page; there a contract is taken to be named after its service.
        let owner = owners[contract] ?? contract
        if local.contains(owner) { return .here }
        guard let address = addresses[owner] else {
            throw ConfigurationError("\(service) calls \(owner), whose address is not known: name it in ADDRESSES")
        }
        return .there(address)
    }

    /// What serves a contract in this process, once it is put together.
    /// - Throws: a `Problem` with status 503 where it is not in time; why it could not be put together.
    func service<API: Sendable>(of contract: String, as type: API.Type) async throws -> LocalService<API> {
        let owner = owners[contract] ?? contract
        if !state.withLock({ $0.assembled.contains(owner) }) { try await wait(for: owner) }
        guard let (object, endpoints, logger) = state.withLock({ $0.served[contract] }), let implementation = object as? API else {
            throw ConfigurationError("what serves \(contract) is no \(API.self)")
        }
        return LocalService(implementation, endpoints: endpoints, logger: logger)
    }

    /// Notes that a service is put together.
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

    /// Lets go of all who wait, and of those who would from now on, since a service could not be put together.
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
            try await Task.sleep(for: Self.patience)
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
        // It may have come before there was anyone to tell.
        if Task.isCancelled { leave(ticket, CancellationError()) }
    }

    private func leave(_ ticket: Int, _ reason: any Error) {
        state.withLock { $0.waiters.removeValue(forKey: ticket) }?.waiter.resume(throwing: reason)
    }
}
