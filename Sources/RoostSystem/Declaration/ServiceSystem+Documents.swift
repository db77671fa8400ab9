import Roost
import RoostDocuments

extension ServiceSystem {
    /// The description of the whole system in the documents.
    var documentation: SystemDescription {
        SystemDescription(
            title, version: version, description: description, contracts: services.flatMap { $0.contracts.map { $0.description } },
            events: .of(services.map { ($0.name, $0.publishes, $0.subscribes) }), errors: errors, hasGateway: edge != nil)
    }
}

extension ServiceDefinition {
    /// Returns the description of one service with all of its routes, for the documents on its own port.
    func documentation(of assembly: ServiceAssembly, in system: ServiceSystem) -> SystemDescription {
        let contracts = contracts.map { $0.description }
        let promised = Set(contracts.flatMap(\.routes).map(\.operation))
        let others = assembly.endpoints.map(\.route).filter { !promised.contains($0.operation) }
        return SystemDescription(
            name, version: system.version, contracts: contracts + .grouping(others), events: .of([(name, publishes, subscribes)]),
            errors: system.errors)
    }
}
