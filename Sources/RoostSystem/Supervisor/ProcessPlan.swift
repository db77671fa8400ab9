import Roost
import RoostHTTP

/// One process of a system: which of its services it hosts, and where they listen.
struct ProcessPlan: Sendable {
    /// What its lines of output are marked with.
    let name: String
    let services: [String]
    /// Where the gateway of it, or its first service, listens.
    let address: HTTPAddress
    let isGateway: Bool

    /// What it is told besides what all are told. Only the gateway listens to the outside.
    var settings: [String: String] { isGateway ? [:] : ["HOST": address.host] }

    /// Plans a system's processes.
    /// - Parameters:
    ///   - together: whether all that may share a process do.
    ///   - gateway: where the gateway listens, as seen from this machine.
    static func plan(
        _ system: System, together: Bool, addresses: [String: HTTPAddress], gateway: HTTPAddress
    ) -> [ProcessPlan] {
        system.processes(together: together).compactMap { services in
            guard let first = services.first else { return nil }
            let isGateway = services.contains(System.gatewayName)
            let address = isGateway ? gateway : addresses[first]
            guard let address else { return nil }
            return ProcessPlan(
                name: services.count == 1 ? first : system.name, services: services, address: address, isGateway: isGateway)
        }
    }
}
