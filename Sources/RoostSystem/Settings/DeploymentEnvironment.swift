public import Roost

/// The environment of a process: `ENVIRONMENT`. The default is production, so that a forgotten setting does not open what is meant for
/// development. `make run` sets development.
public enum DeploymentEnvironment: String, CaseIterable, Sendable {
    /// Development, where things may be open that production keeps closed.
    case development
    /// Production, which is the default.
    case production
}

extension Setting where Value == DeploymentEnvironment {
    /// `ENVIRONMENT`, which is production by default.
    public static var environment: Setting {
        Setting(
            "ENVIRONMENT", default: .production,
            purpose: "Whether the process is for development, where more is allowed, or for production.")
    }
}
