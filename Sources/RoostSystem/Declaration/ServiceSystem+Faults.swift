import Roost
import RoostGateway

extension ServiceSystem {
    /// Returns the faults in the system's declaration that can be found without starting anything, one line each.
    /// - Parameter atEdge: Whether to check the routes of the edge too, for which it may read files.
    /// - Throws: A `ConfigurationError` if these cannot be read.
    func faults(atEdge: Bool) throws(ConfigurationError) -> [String] {
        let unanswered: Responder = { _, _ in throw Problem(.notImplemented) }
        let upstreams = services.map { Upstream($0.name, routes: $0.contracts.flatMap { $0.description.routes }, respond: unanswered) }
        let routeFaults = atEdge ? try edge?.faults(before: upstreams, of: documentation) ?? [] : []
        return nameFaults + replicaFaults + programs.flatMap(\.faults) + contractFaults + eventFaults + routeFaults
    }

    private var replicaFaults: [String] {
        listedReplicas.sorted { $0.key < $1.key }.compactMap { name, count in
            if programs.contains(where: { $0.name == name }) {
                return count == 1 ? nil : "\(name) is declared with \(count) replicas: a program of its own can have only one process"
            }
            if edgeNames.contains(name) { return count == 1 ? nil : "\(name) is declared with \(count) replicas: it can have only one" }
            return (1...Replicas.limit).contains(count)
                ? nil : "\(name) is declared with \(count) replicas: declare from 1 to \(Replicas.limit)"
        }
    }

    private var nameFaults: [String] {
        let edges =
            edgeNames.count < 2 ? [] : ["more than one service stands before the others: keep one of \(edgeNames.joined(separator: ", "))"]
        return edges + repeated(names).map { "two services are named \($0): rename one" }
    }

    /// Contracts are identified by their names, which are also the names of their packages and files.
    private var contractFaults: [String] {
        let promises = services.flatMap { service in service.contracts.map { (service: service.name, contract: $0.description.name) } }
        let packages = Dictionary(grouping: promises) { ProcedureName(operation: $0.contract).package }.filter { $1.count > 1 }
        return packages.sorted { $0.key < $1.key }.map { _, promises in
            let all = promises.map { "\($0.contract) of \($0.service)" }.joined(separator: ", ")
            return "these contracts have the same name: \(all): declare it once, or rename the others"
        }
    }

    /// A type of event that several services handle is only mentioned once.
    private var eventFaults: [String] {
        var faults: Set<String> = []
        for event in services.flatMap({ $0.publishes + $0.subscribes }) { faults.formUnion(EventDeclaration.faults(of: event)) }
        return faults.sorted()
    }

    private func repeated(_ names: [String]) -> [String] {
        var seen: Set<String> = [], twice: Set<String> = []
        for name in names where !seen.insert(name).inserted { twice.insert(name) }
        return twice.sorted()
    }
}

extension ServiceDefinition {
    /// Returns the faults of an assembled service, one line each: contracts that it declares but does not serve, and collisions on its own
    /// port.
    func faults(of assembly: ServiceAssembly, beside health: Health) -> [String] {
        let served = Set(assembly.implementations.map(\.contract))
        let unserved = contracts.map { $0.description.name }.filter { !served.contains($0) }.map { contract in
            "\(name) declares the contract \(contract) but does not serve it: return an implementation from assemble(on:), or remove it from `contracts`"
        }
        return unserved + Router.faults(of: assembly.endpoints + health.endpoints)
    }
}
