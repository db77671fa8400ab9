import Foundation
import Roost
import RoostHTTP
import RoostSupervisor

/// One process of a system: its services and its address, or a program in another language and where it must listen.
struct HostPlan: Sendable {
    /// The name before its lines of output.
    let name: String
    let services: [String]
    /// The address of its gateway or its first service.
    let address: HTTPAddress
    let isGateway: Bool
    /// The number of this replica, from 1; `nil` if it is the only one.
    let replica: Int?
    /// The program, if it is in another language.
    var program: External?

    /// The settings of this process in addition to those of all. Only the gateway listens for outside connections.
    var settings: [String: String] {
        var settings = isGateway ? [:] : ["HOST": address.host]
        settings[Setting<Int?>.replica.key] = replica.map(String.init)
        return settings
    }

    /// The process as the supervisor runs it: this program again, which hosts the services, or one in another language.
    /// - Parameters:
    ///   - environment: The environment of all processes of the system.
    ///   - shared: The settings of the system.
    func process(_ environment: [String: String], _ shared: Settings) -> ProcessPlan {
        if let program { return program.process(at: address, environment, shared) }
        return ProcessPlan(
            name, executable: Bundle.main.executablePath ?? CommandLine.arguments[0],
            arguments: ["--host", services.joined(separator: ",")], environment: environment.merging(settings) { $1 },
            readiness: .line(variable: Setting<String?>.readyLine.key), isEssential: isGateway)
    }

    /// Plans the processes of a system.
    /// - Parameters:
    ///   - together: Whether all services that can share a process do.
    ///   - replicas: The number of processes of each service. Each has a process of its own if there are several.
    ///   - gateway: The address of the gateway as seen from this machine.
    static func plan(
        _ system: ServiceSystem, together: Bool, replicas: Replicas, addresses: [String: HTTPAddress], gateway: HTTPAddress
    ) -> [HostPlan] {
        system.processes(together: together, replicated: replicas.names).flatMap { services -> [HostPlan] in
            guard let first = services.first else { return [] }
            let isGateway = system.edge.map { services.contains($0.name) } ?? false, count = replicas.count(of: first)
            guard let address = isGateway ? gateway : addresses[first] else { return [] }
            return (1...count).map { number in
                let name = services.count > 1 ? system.name : number == 1 ? first : "\(first)-\(number)"
                return HostPlan(
                    name: name, services: services, address: address, isGateway: isGateway, replica: count > 1 ? number : nil,
                    program: system.programs.first { $0.name == first })
            }
        }
    }
}
