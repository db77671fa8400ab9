import ArgumentParser
import Roost

/// The options for running a system.
struct SystemOptions: ParsableArguments {
    /// The format of a system's description.
    enum DescriptionFormat: String, EnumerableFlag {
        case describe, describeJSON = "describe-json"

        static func name(for value: Self) -> NameSpecification { .customLong(value.rawValue) }

        static func help(for value: Self) -> ArgumentHelp? {
            switch value {
            case .describe: "Print the services, contracts, events and settings of the system, and exit."
            case .describeJSON: "Print the same as JSON."
            }
        }
    }

    @Flag(help: "Run all services in one process instead of one each.")
    var together = false

    @Option(help: ArgumentHelp("The port that the gateway listens on.", discussion: "PORT does the same.", valueName: "number"))
    var port: Int?

    @OptionGroup var settings: SettingOptions

    @Option(
        help: ArgumentHelp(
            "Run just these services in this process, unsupervised, as a container does.",
            discussion: "Set ADDRESSES to the addresses of the other services, and SERVICE_KEY to the secret that all services share.",
            valueName: "names"))
    var host: String?

    @Flag(exclusivity: .exclusive)
    var description: DescriptionFormat?

    /// Returns the settings that the command line gives, by name.
    /// - Parameter declarations: The declared settings.
    /// - Throws: A `ConfigurationError` with one line for each argument that does not set a setting.
    func given(_ declarations: [any SettingDeclaration]) throws(ConfigurationError) -> [String: String] {
        var given = try settings.given(declarations)
        if let port { given["PORT"] = String(port) }
        return given
    }
}
