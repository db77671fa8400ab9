public import Configuration
import Foundation
public import Roost

/// The sources of a program's settings: its command line, its environment, files that each contain a secret, and a `.env` file. Earlier
/// sources take precedence.
///
/// The sources are providers of swift-configuration, and other providers can be added after them. They are read strictly: a value that
/// cannot be read is an error, and does not count as missing.
public struct SettingSources: Sendable {
    private let providers: [any ConfigProvider]

    /// The setting that names the folder of secret files.
    public static let secretsFolder = Setting<String?>(
        "SECRETS_DIR", allowed: "a folder that can be read", isSecret: false,
        purpose: "A folder in which each file is named like a setting, such as SERVICE_KEY, and contains its value.", parse: { $0 })

    /// Reads the sources.
    /// - Parameters:
    ///   - commandLine: The settings from the command line, by name.
    ///   - environment: The environment variables.
    ///   - environmentFile: The path of the `.env` file, which need not exist; `nil` for none.
    ///   - others: Further providers, in the order of precedence after the other sources.
    /// - Throws: A `ConfigurationError` if a file or folder cannot be read.
    public init(
        commandLine: [String: String] = [:], environment: [String: String] = ProcessInfo.processInfo.environment,
        environmentFile: String? = ".env", others: [any ConfigProvider] = []
    ) async throws(ConfigurationError) {
        let given = Dictionary(commandLine.map { (Self.path($0), ConfigValue(.string($1), isSecret: true)) }) { first, _ in first }
        var providers: [any ConfigProvider] = [
            InMemoryProvider(name: "the command line", values: given), EnvironmentVariablesProvider(environmentVariables: environment),
        ]
        if let folder = commandLine[Self.secretsFolder.key] ?? environment[Self.secretsFolder.key], !folder.isEmpty {
            let secrets = try SecretFiles.read(folder, named: Self.secretsFolder)
            let values = secrets.map { (Self.path($0), ConfigValue(.string($1), isSecret: true)) }
            providers.append(InMemoryProvider(name: folder, values: Dictionary(values) { first, _ in first }))
        }
        if let environmentFile { providers.append(try EnvironmentFile.provider(environmentFile)) }
        self.providers = providers + others
    }

    /// Returns the values of settings.
    /// - Throws: A `ConfigurationError` with one line for each setting that a source cannot provide as text.
    public func settings(_ declarations: [any SettingDeclaration]) throws(ConfigurationError) -> Settings {
        var texts: [String: String] = [:], faults: [String] = []
        for key in Set(declarations.map(\.key)).sorted() {
            for provider in providers {
                do {
                    guard case .string(let text)? = try provider.value(forKey: Self.path(key), type: .string).value?.content else {
                        continue
                    }
                    if text.isEmpty { continue }
                    texts[key] = text
                } catch {
                    // The provider's error may show the value.
                    faults.append("\(key) cannot be read as a text from \(provider.providerName)")
                }
                break
            }
        }
        try ConfigurationError.check(faults)
        return Settings(texts)
    }

    /// Returns a key in the form of swift-configuration: `STORE_URL` is `store.url`.
    private static func path(_ key: String) -> AbsoluteConfigKey {
        AbsoluteConfigKey(key.lowercased().split(separator: "_").map(String.init))
    }
}
