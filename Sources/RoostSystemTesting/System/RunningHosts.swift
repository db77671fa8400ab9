import Roost
import RoostHTTP
import RoostSystem

/// The services of a system, in one or more hosts of this process. A host stands for a process of the deployed system.
struct RunningHosts: Sendable {
    private let hosts: [RunningServices]

    /// Starts the hosts one after another; a gateway is in the last one.
    /// - Throws: A `ConfigurationError` if the system cannot start; nothing then runs.
    static func start(_ system: ServiceSystem, _ arrangement: Arrangement, settings: Settings) async throws -> RunningHosts {
        guard arrangement == .apart else { return RunningHosts(hosts: [try await .start(system, settings: settings, grace: .zero)]) }
        let ports = try ReservedPorts(system.services.count)
        defer { ports.release() }
        let addresses = zip(system.services, ports.numbers).map { ($0.name, HTTPAddress(host: "127.0.0.1", port: $1)) }
        let settings = settings.with(["ADDRESSES": HTTPAddress.text(Dictionary(addresses) { first, _ in first })])
        var hosts: [RunningServices] = []
        do {
            // Programs in other languages are processes of their own, which a test starts itself.
            for names in system.processes(together: false) where names.allSatisfy(system.hostedNames.contains) {
                hosts.append(try await .start(system, names, settings: settings, grace: .zero))
            }
        } catch {
            try await RunningHosts(hosts: hosts).run {}
            throw error
        }
        return RunningHosts(hosts: hosts)
    }

    /// Returns the port on which a service listens.
    func port(of service: String) async -> Int? {
        for host in hosts { if let port = await host.ports[service] { return port } }
        return nil
    }

    /// Runs the hosts while something else does, then stops them, the last one first, without waiting for requests under way.
    /// - Throws: A `ConfigurationError` if a part of a service cannot run; whatever `body` throws.
    func run<Value>(while body: () async throws -> Value) async throws -> Value {
        guard let first = hosts.first else { return try await body() }
        return try await first.run { try await RunningHosts(hosts: Array(hosts.dropFirst())).run(while: body) }
    }
}
