public import Roost

/// What a process is for: `ENVIRONMENT`. It is production unless someone says otherwise, as `make run` does, so that nothing that is for
/// development alone opens because a setting was forgotten.
public enum DeploymentEnvironment: String, CaseIterable, Sendable {
    case development, production
}

extension Setting where Value == DeploymentEnvironment {
    /// `ENVIRONMENT`, which is production if nothing else is given.
    public static var environment: Setting {
        Setting("ENVIRONMENT", default: .production, purpose: "Whether this is for development, where more is open.")
    }
}
