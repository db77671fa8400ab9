import Roost
import RoostHTTP

/// One process of a system: which of its services it hosts, and where they listen.
struct ProcessPlan: Sendable {
    /// What its lines of output are marked with.
    let name: String
    let services: [String]
    /// What is asked for `/health/ready`; `nil` for the gateway, which has answered as soon as it answers anything.
    let address: HTTPAddress
    let isGateway: Bool

    /// Plans a system's processes.
    /// - Parameters:
    ///   - together: whether all that may share a process do.
    ///   - gatewayPort: where the gateway listens.
    static func plan(
        _ system: System, together: Bool, addresses: [String: HTTPAddress], gatewayPort: Int
    ) -> [ProcessPlan] {
        system.processes(together: together).compactMap { services in
            guard let first = services.first else { return nil }
            let isGateway = services.contains(System.gatewayName)
            let address = isGateway ? HTTPAddress(host: "127.0.0.1", port: gatewayPort) : addresses[first]
            guard let address else { return nil }
            return ProcessPlan(
                name: services.count == 1 ? first : system.name, services: services, address: address, isGateway: isGateway)
        }
    }
}
