import Roost
import RoostSettings

extension System {
    /// The settings that are read whatever is hosted.
    /// - Parameter port: The port to listen on if none is given.
    private func common(port: Int) -> [any SettingDeclaration] {
        [
            Setting.port(default: port), Setting.host, Setting.dataFolder, ResourceSetting.store.declaration(among: drivers),
            ResourceSetting.events.declaration(among: drivers), Setting.addresses,
            Setting<String?>.publicURL, Setting.trustedProxies, ServiceKey.setting, Setting.environment, Setting.logLevel,
            SettingSources.secretsFolder, Setting.readyLine, Setting.lifeline,
            Setting.replicas(of: services.map(\.name)), Setting<Int?>.replica,
        ]
    }

    /// The settings that the system reads, its own and those of its services.
    /// - Parameter names: The services whose settings count; all if left out.
    func settings(hosting names: Set<String>? = nil) -> [any SettingDeclaration] {
        let hosted = services.filter { names?.contains($0.name) ?? true }
        return common(port: gateway?.port ?? 0) + hosted.flatMap { $0.allSettings(drivers) }
    }

    /// Checks what the system was told, and with it what is wrong with the page, so that all is put right together.
    /// - Parameter names: What is to run here; everything if left out.
    /// - Throws: A `ConfigurationError` if a setting is wrong, with a line for each fault.
    func check(_ settings: Settings, hosting names: [String]? = nil) throws(ConfigurationError) {
        let wrong = settings.faults(in: self.settings(hosting: names.map(Set.init)))
        let isAtGateway = names?.contains(Self.gatewayName) ?? (gateway != nil)
        if !wrong.isEmpty { try ConfigurationError.check(try faults(atGateway: isAtGateway) + wrong) }
    }
}

extension ServiceDefinition {
    /// The settings that the service declares, and that of its database.
    /// - Parameter drivers: Those that the system lists.
    func allSettings(_ drivers: [Driver]) -> [any SettingDeclaration] {
        [ResourceSetting.database(of: name).declaration(among: drivers)] + settings
    }
}
