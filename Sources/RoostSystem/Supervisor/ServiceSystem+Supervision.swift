import Foundation
import Roost
import RoostHTTP
import RoostSupervisor
import Synchronization

extension ServiceSystem {
    /// Runs the system as several processes until it is asked to stop.
    ///
    /// The settings of all processes are checked here first, so that faults are reported once and before anything has started.
    /// - Parameter given: The settings from the command line, which are passed on in the environment. Each process reads files of settings itself.
    /// - Returns: The exit code.
    func supervise(together: Bool, _ settings: Settings, _ given: [String: String], _ filter: SecretFilter) async throws -> Int32 {
        try ConfigurationError.check(try faults(atEdge: edge != nil))
        let stop = await StopRequests(lifeline: try settings[.lifeline])
        let replicas = try settings[replicasSetting], folder = try DataFolder(settings)
        var ports = try ReservedPorts(services.count)
        defer { ports.release() }
        let addresses = Dictionary(
            uniqueKeysWithValues: zip(services, ports.numbers).map { ($0.name, HTTPAddress(host: "127.0.0.1", port: $1)) })
        let door = try door(settings, &ports)
        try await SharedStores.open(settings, in: folder, of: self).close()
        let plans = HostPlan.plan(self, together: together, replicas: replicas, addresses: addresses, gateway: door)
        let environment = try environment(settings, given, folder, addresses, door)
        let output = TerminalOutput(
            name, processes: plans.map(\.name), at: plans.first(where: \.isGateway)?.address, filter: filter)
        let supervisor = Supervisor(plans.map { $0.process(environment, settings) }, listeners: output.show)
        return await supervisor.supervise(until: stop)
    }

    /// The environment of each process.
    private func environment(
        _ settings: Settings, _ given: [String: String], _ folder: DataFolder, _ addresses: [String: HTTPAddress], _ door: HTTPAddress
    ) throws -> [String: String] {
        ProcessInfo.processInfo.environment.merging(given) { $1 }.merging([
            "ADDRESSES": HTTPAddress.text(addresses),
            "DATA_DIR": folder.path,
            "PORT": String(door.port),
            "PUBLIC_URL": try settings[.publicURL] ?? "http://\(door)",
            "LIFELINE": "1",
            ServiceKey.name: try settings[ServiceKey.setting] ?? ServiceKey.random(),
        ]) { $1 }
    }

    /// Returns the address of the gateway as seen from this machine, whose port is reserved.
    private func door(_ settings: Settings, _ ports: inout ReservedPorts) throws -> HTTPAddress {
        let host = try settings[.host]
        let wanted = try settings[.port(default: edge?.port ?? 0)]
        let port: Int
        do { port = edge == nil ? wanted : try ports.add(host: host, port: wanted) } catch { throw error.naming(port: "PORT") }
        return HTTPAddress(host: ["0.0.0.0", "::"].contains(host) ? "127.0.0.1" : host, port: port)
    }
}

extension Supervisor {
    /// Runs the processes until a signal, or the end of the lifeline, asks to stop. A second Ctrl-C kills them.
    /// - Returns: The exit code.
    fileprivate func supervise(until requests: StopRequests) async -> Int32 {
        let stopping = Task {
            let isStopping = Atomic(false)
            await requests.forEach { signal in
                let again = isStopping.exchange(true, ordering: .relaxed)
                self.stop(now: again && signal == .sigint)
            }
        }
        defer { stopping.cancel() }
        return switch await supervise() {
        case .stopped: ExitCode.success
        case .notReady: ExitCode.failure
        case .failedPermanently: ExitCode.configuration
        }
    }
}
