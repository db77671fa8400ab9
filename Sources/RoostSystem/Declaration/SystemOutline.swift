public import Roost

/// A description of a system as data, which `--describe` prints.
@Schema
public struct SystemOutline: Equatable {
    /// A service of the system.
    @Schema(omitsNil: true)
    public struct Service: Equatable {
        /// The service's name.
        public let name: String
        /// The names of the contracts that the service serves.
        public let contracts: [String]
        /// The topics of the events that the service publishes.
        public let publishes: [String]
        /// The topics of the events that the service handles.
        public let subscribes: [String]
        /// The names of the settings that the service reads, other than those of every service.
        public let settings: [String]
        /// The number of its processes, unless the setting `REPLICAS` overrides it.
        public let replicas: Int
        /// The operations that can be called, such as `orders.place`.
        public let operations: [String]
        /// Whether the service stands between the outside and the others, such as the gateway.
        public let isEdge: Bool
        /// The command of a program in another language.
        public let command: String?
        /// Whether the system needs the service to be ready.
        public let isRequired: Bool
    }

    /// A setting that some part of the system reads.
    @Schema
    public struct Setting: Equatable {
        /// The setting's name.
        public let key: String
        /// The purpose of the setting.
        public let purpose: String
        /// The allowed values.
        public let allowed: String
        /// The default.
        public let fallback: String
        /// Whether the value must never be shown.
        public let isSecret: Bool
    }

    /// The system's name.
    public let name: String
    /// What the system's documents call it.
    public let title: String
    /// The version of the system's contracts.
    public let version: String
    /// The services in the order of the declaration, and then the gateway.
    public let services: [Service]
    /// Every setting that some part of the system reads.
    public let settings: [Setting]
}

extension ServiceSystem {
    /// A description of the system as data.
    public var outline: SystemOutline {
        var keys: Set<String> = []
        let settings = settings().filter { keys.insert($0.key).inserted }
        return SystemOutline(
            name: name, title: title, version: version,
            services: services(named: Set(names)).map { $0.outline(drivers, replicas: replicas.count(of: $0.name)) },
            settings: settings.map {
                SystemOutline.Setting(
                    key: $0.key, purpose: $0.purpose, allowed: $0.allowed, fallback: $0.fallbackText, isSecret: $0.isSecret)
            })
    }
}

extension ServiceDefinition {
    func outline(_ drivers: [Driver], replicas: Int) -> SystemOutline.Service {
        SystemOutline.Service(
            name: name, contracts: contracts.map { $0.description.name }, publishes: publishes.map { $0.topic },
            subscribes: subscribes.map { $0.topic }, settings: allSettings(drivers).map(\.key), replicas: replicas,
            operations: contracts.flatMap { $0.description.routes.map(\.operation) }, isEdge: self is any EdgeDefinition,
            command: (self as? External)?.commandLine, isRequired: (self as? External)?.isRequired ?? true)
    }
}

extension SystemOutline {
    /// The description as lines for a person.
    public var text: String {
        let services = services.flatMap { service in
            ["", service.isEdge ? "\(service.name) (before the other services)" : service.name]
                + [
                    ("program", service.command.map { [$0 + (service.isRequired ? "" : " (not required)")] } ?? []),
                    ("serves", service.contracts), ("publishes", service.publishes), ("handles", service.subscribes),
                    ("settings", service.settings),
                    ("replicas", service.replicas > 1 ? ["\(service.replicas)"] : []),
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
