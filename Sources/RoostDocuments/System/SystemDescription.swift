public import Roost

/// A system, or one service of it, as its documents show it.
public struct SystemDescription: Sendable {
    /// What it is called.
    public var title: String
    /// The version of what it promises.
    public var version: String
    public var description: String
    public var contracts: [ContractDescription]
    public var events: [EventDescription]
    /// Whether a gateway stands before it, which answers for what is down or late.
    public var hasGateway: Bool

    public init(
        _ title: String, version: String = "1.0.0", description: String = "", contracts: [ContractDescription] = [],
        events: [EventDescription] = [], hasGateway: Bool = false
    ) {
        self.title = title
        self.version = version
        self.description = description
        self.contracts = contracts
        self.events = events
        self.hasGateway = hasGateway
    }

    /// The system as those outside see it: without the routes for its own services.
    public var published: SystemDescription {
        var published = self
        published.contracts = contracts.map(\.published).filter { !$0.routes.isEmpty }
        return published
    }
}

extension [ContractDescription] {
    /// Routes that belong to no contract, as one contract for each first word of their operations' names.
    public static func grouping(_ routes: [Route]) -> [ContractDescription] {
        var names: [String] = []
        var groups: [String: [Route]] = [:]
        for route in routes {
            let name = route.operation.split(separator: ".", maxSplits: 1).first.map(String.init) ?? route.operation
            if groups[name] == nil { names.append(name) }
            groups[name, default: []].append(route)
        }
        return names.map { ContractDescription($0, routes: groups[$0, default: []]) }
    }
}
