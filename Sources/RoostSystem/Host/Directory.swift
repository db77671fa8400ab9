import Roost
import RoostHTTP

/// Finds what serves a contract: an object in this process, or an address.
///
/// Services of one process are put together side by side. One that needs another waits until that is there; services that
/// wait for one another in a circle are told so instead of waiting for ever.
actor Directory {
    private let owners: [String: String]
    private let addresses: [String: HTTPAddress]
    private var services: [String: any Sendable] = [:]
    private var assembling: Set<String>
    private var waiting: [(service: String, contract: String, continuation: CheckedContinuation<Void, any Error>)] = []
    private var failure: (any Error)?

    /// - Parameters:
    ///   - owners: which service serves a contract, by the contract's name.
    ///   - addresses: where the services of other processes listen.
    ///   - local: the services of this process.
    init(owners: [String: String], addresses: [String: HTTPAddress], local: Set<String>) {
        self.owners = owners
        self.addresses = addresses
        assembling = local
    }

    enum Place {
        case here(any Sendable)
        case there(HTTPAddress, name: String)
    }

    /// Where a contract is served.
    /// - Parameter service: who asks.
    func find(_ contract: String, for service: String) async throws -> Place {
        // A service run by itself does not know the page; there a contract is taken to be named after its service.
        let owner = owners[contract] ?? contract
        if assembling.contains(owner) { try await wait(service, contract) }
        if let object = services[contract] { return .here(object) }
        guard let address = addresses[owner] else {
            throw ConfigurationError("\(service) calls \(owner), whose address is not known: name it in ADDRESSES")
        }
        return .there(address, name: owner)
    }

    /// Notes that a service is put together.
    func add(_ service: String, _ implementations: [(contract: String, service: any Sendable)]) {
        assembling.remove(service)
        for (contract, object) in implementations { services[contract] = object }
        let ready = waiting.filter { owners[$0.contract] == service }
        waiting.removeAll { owners[$0.contract] == service }
        for waiter in ready { waiter.continuation.resume() }
        breakCircle()
    }

    /// Lets go of all who wait, and of those who would from now on, since a service could not be put together.
    func fail(_ error: any Error) {
        failure = failure ?? error
        for waiter in waiting { waiter.continuation.resume(throwing: error) }
        waiting = []
    }

    private func wait(_ service: String, _ contract: String) async throws {
        if let failure { throw failure }
        try await withCheckedThrowingContinuation { continuation in
            waiting.append((service, contract, continuation))
            breakCircle()
        }
    }

    private func breakCircle() {
        guard !waiting.isEmpty, assembling.isSubset(of: Set(waiting.map(\.service))) else { return }
        let circle = waiting.map { "\($0.service) calls \($0.contract)" }.joined(separator: ", ")
        fail(ConfigurationError("these services wait for one another: \(circle)"))
    }
}
