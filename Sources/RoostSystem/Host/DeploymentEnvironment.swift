import Roost

/// What a process is for: `ENVIRONMENT`. It is production unless someone says otherwise, as `make run` does, so that nothing that is for
/// development alone opens because a setting was forgotten.
public enum DeploymentEnvironment: String, CaseIterable, Sendable {
    case development, production

    /// - Throws: where `ENVIRONMENT` is neither.
    public init(_ configuration: Configuration) throws(ConfigurationError) {
        self = try configuration.choice("ENVIRONMENT", default: .production)
    }
}
