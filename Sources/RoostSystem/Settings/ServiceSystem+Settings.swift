import Roost
import RoostData
import RoostSettings

extension ServiceSystem {
    /// Returns the settings of every process.
    /// - Parameter port: The default of the port to listen on.
    private func common(port: Int) -> [any SettingDeclaration] {
        [
            Setting.port(default: port), Setting.host, Setting.dataFolder,
            SharedURLSetting.databases.declaration(among: drivers, as: Database.self, isShared: services.count > 1),
            ResourceSetting.store.declaration(among: drivers),
            ResourceSetting.events.declaration(among: drivers), Setting.addresses,
            Setting<String?>.publicURL, Setting.trustedProxies, ServiceKey.setting, Setting.environment, Setting.logLevel,
            Setting<LogFormat>.logFormat,
            SettingSources.secretsFolder, Setting.readyLine, Setting.lifeline,
            replicasSetting, Setting<Int?>.replica, Setting<MigrationMode?>.migrate, Setting.slowStatement,
            Setting.eventAgeLimit,
        ]
    }

    /// Returns the settings of the system and its services.
    /// - Parameter names: The services whose settings to include; all by default.
    func settings(hosting names: Set<String>? = nil) -> [any SettingDeclaration] {
        let hosted = services.filter { names?.contains($0.name) ?? true }
        return common(port: edge?.port ?? 0) + hosted.flatMap { $0.allSettings(drivers) }
    }

    /// Checks the settings and the system's declaration together, so that all faults can be fixed at once.
    /// - Parameters:
    ///   - settings: The settings.
    ///   - names: The services to run here; all by default.
    /// - Throws: A `ConfigurationError` with one line for each fault, if a setting is wrong.
    func check(_ settings: Settings, hosting names: [String]? = nil) throws(ConfigurationError) {
        let wrong = settings.faults(in: self.settings(hosting: names.map(Set.init)))
        let isAtEdge = edge.map { names?.contains($0.name) ?? true } ?? false
        if !wrong.isEmpty { try ConfigurationError.check(try faults(atEdge: isAtEdge) + wrong) }
    }
}

extension ServiceDefinition {
    /// The settings that the service declares, and that of its database. A program in another language reads its settings itself.
    /// - Parameter drivers: The drivers of the system.
    func allSettings(_ drivers: [Driver]) -> [any SettingDeclaration] {
        (self is External ? [] : [ResourceSetting.database(of: name).declaration(among: drivers)]) + settings
    }
}
