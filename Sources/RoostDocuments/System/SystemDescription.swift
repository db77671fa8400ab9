public import Roost

/// The description of a system, or of a single service, from which its documents are generated.
public struct SystemDescription: Sendable {
    /// The title of the documents.
    public var title: String
    /// The version of the API.
    public var version: String
    /// The description of the system, which may be empty.
    public var description: String
    /// The contracts that the system implements.
    public var contracts: [ContractDescription]
    /// The events that its services publish or subscribe to.
    public var events: [EventDescription]
    /// The shape of errors.
    public var errors: any ErrorDocument.Type
    /// Whether a gateway is in front of the services, which may respond with 503 or 504 on their behalf.
    public var hasGateway: Bool

    /// Creates a description.
    public init(
        _ title: String, version: String = "1.0.0", description: String = "", contracts: [ContractDescription] = [],
        events: [EventDescription] = [], errors: any ErrorDocument.Type = ProblemDocument.self, hasGateway: Bool = false
    ) {
        self.title = title
        self.version = version
        self.description = description
        self.contracts = contracts
        self.events = events
        self.errors = errors
        self.hasGateway = hasGateway
    }

    /// The public part of the system, without the routes that only its services may call.
    public var published: SystemDescription {
        var published = self
        published.contracts = contracts.map(\.published).filter { !$0.routes.isEmpty }
        return published
    }
}

extension [ContractDescription] {
    /// Groups routes that belong to no contract by the first component of their operations' names.
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
