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

    @Option(
        help: ArgumentHelp("The folder for databases.", discussion: "DATA_DIR does the same. The default is .roost.", valueName: "folder"))
    var data: String?

    @Option(
        help: ArgumentHelp(
            "Set the value of a setting.", discussion: "Other users of the machine can see it: provide secrets in another way.",
            valueName: "KEY=value"))
    var set: [String] = []

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
        var given = try Self.given(set, declarations)
        if let port { given["PORT"] = String(port) }
        if let data { given["DATA_DIR"] = data }
        return given
    }

    /// Returns the settings of the arguments `--set`, by name.
    static func given(_ set: [String], _ declarations: [any SettingDeclaration]) throws(ConfigurationError) -> [String: String] {
        let keys = Set(declarations.map(\.key))
        var given: [String: String] = [:], faults: [String] = []
        for entry in set {
            let parts = entry.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            if parts.count < 2 {
                faults.append("--set must be followed by KEY=value")
            } else if !keys.contains(parts[0]) {
                faults.append("--set \(parts[0]): there is no such setting; --describe lists all settings")
            } else {
                given[parts[0]] = parts[1]
            }
        }
        try ConfigurationError.check(faults)
        return given
    }
}
