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
    /// Which of several replicas it is, from 1; `nil` where it is the only one.
    let replica: Int?

    /// What it is told besides what all are told. Only the gateway listens to the outside.
    var settings: [String: String] {
        var settings = isGateway ? [:] : ["HOST": address.host]
        settings[Setting<Int?>.replica.key] = replica.map(String.init)
        return settings
    }

    /// Plans a system's processes.
    /// - Parameters:
    ///   - together: whether all that may share a process do.
    ///   - replicas: how many processes of a service there are; each has a process of its own then.
    ///   - gateway: where the gateway listens, as seen from this machine.
    static func plan(
        _ system: System, together: Bool, replicas: Replicas = .none, addresses: [String: HTTPAddress], gateway: HTTPAddress
    ) -> [ProcessPlan] {
        system.processes(together: together, replicated: replicas.names).flatMap { services -> [ProcessPlan] in
            guard let first = services.first else { return [] }
            let isGateway = services.contains(System.gatewayName), count = replicas.count(of: first)
            guard let address = isGateway ? gateway : addresses[first] else { return [] }
            return (1...count).map { number in
                let name = services.count > 1 ? system.name : number == 1 ? first : "\(first)-\(number)"
                return ProcessPlan(
                    name: name, services: services, address: address, isGateway: isGateway, replica: count > 1 ? number : nil)
            }
        }
    }
}
