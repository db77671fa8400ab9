import ArgumentParser
import Roost

/// The options that give settings, for running a system and for its commands.
///
/// All of them have this one group, because the options for running the system are parsed first, wherever they are in the command line. A
/// command with options of its own by these names would never see their values.
struct SettingOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("The folder for databases.", discussion: "DATA_DIR does the same. The default is .roost.", valueName: "folder"))
    var data: String?

    @Option(
        help: ArgumentHelp(
            "Set the value of a setting.", discussion: "Other users of the machine can see it: provide secrets in another way.",
            valueName: "KEY=value"))
    var set: [String] = []

    /// Returns the settings that the command line gives, by name.
    /// - Parameter declarations: The declared settings.
    /// - Throws: A `ConfigurationError` with one line for each argument that does not set a setting.
    func given(_ declarations: [any SettingDeclaration]) throws(ConfigurationError) -> [String: String] {
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
        if let data { given["DATA_DIR"] = data }
        return given
    }
}
