public import Roost

/// A system as data: what `--describe` prints.
@Schema
public struct SystemOutline: Equatable {
    /// A service of the system.
    @Schema
    public struct Service: Equatable {
        public let name: String
        /// The names of the contracts that it serves.
        public let contracts: [String]
        /// The topics of the events that it publishes.
        public let publishes: [String]
        /// The topics of the events that it handles.
        public let subscribes: [String]
        /// The keys of the settings that it alone reads, or with some others.
        public let settings: [String]
        /// The procedures that can be called, such as `orders.place`.
        public let operations: [String]
    }

    /// A setting that some part of the system reads.
    @Schema
    public struct Setting: Equatable {
        public let key: String
        /// What it is for.
        public let purpose: String
        /// What may be given.
        public let allowed: String
        /// What holds if nothing is given.
        public let fallback: String
        public let isSecret: Bool
    }

    public let name: String
    public let title: String
    public let version: String
    public let hasGateway: Bool
    public let services: [Service]
    public let settings: [Setting]
}

extension System {
    /// The system as data.
    public var outline: SystemOutline {
        var keys: Set<String> = []
        let settings = settings().filter { keys.insert($0.key).inserted }
        return SystemOutline(
            name: name, title: title, version: version, hasGateway: gateway != nil, services: services.map { $0.outline(drivers) },
            settings: settings.map {
                SystemOutline.Setting(
                    key: $0.key, purpose: $0.purpose, allowed: $0.allowed, fallback: $0.fallbackText, isSecret: $0.isSecret)
            })
    }
}

extension ServiceDefinition {
    func outline(_ drivers: [Driver]) -> SystemOutline.Service {
        SystemOutline.Service(
            name: name, contracts: contracts.map { $0.description.name }, publishes: publishes.map { $0.topic },
            subscribes: subscribes.map { $0.topic }, settings: allSettings(drivers).map(\.key),
            operations: contracts.flatMap { $0.description.routes.map(\.operation) })
    }
}

extension SystemOutline {
    /// The outline as lines for a person.
    public var text: String {
        let services = services.flatMap { service in
            ["", service.name]
                + [
                    ("serves", service.contracts), ("publishes", service.publishes), ("handles", service.subscribes),
                    ("settings", service.settings),
                ]
                .filter { !$1.isEmpty }.map { "  \($0): \($1.joined(separator: ", "))" }
        }
        let settings = settings.flatMap { setting in
            let secrecy = setting.isSecret ? " (secret)" : ""
            return [
                "", "\(setting.key)\(secrecy)", "  \(setting.purpose)", "  Must be \(setting.allowed). Default: \(setting.fallback).",
            ]
        }
        return (["\(title) \(version)", "", "SERVICES"] + services + ["", "SETTINGS"] + settings).joined(separator: "\n")
    }
}
