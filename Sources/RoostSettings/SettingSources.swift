public import Configuration
import Foundation
public import Roost

/// Where a program's settings come from: its command line, its environment, files that each hold a secret, and a `.env` file. What comes
/// first in this order stands.
///
/// The sources are providers of swift-configuration, and any other provider can be added behind them. They are read strictly: what a
/// source holds and cannot be read is an error, and is never taken for nothing.
public struct SettingSources: Sendable {
    private let providers: [any ConfigProvider]

    /// The setting that names the folder of secret files.
    public static let secretsFolder = Setting<String?>(
        "SECRETS_DIR", allowed: "a folder that can be read", isSecret: false,
        purpose: "A folder in which each file is named like a setting, such as SERVICE_KEY, and holds its value.", parse: { $0 })

    /// Reads the sources.
    /// - Parameters:
    ///   - commandLine: What the command line gave, by key.
    ///   - environment: The environment's variables.
    ///   - environmentFile: The path of the `.env` file, which need not exist; `nil` for none.
    ///   - others: Further providers, which stand last.
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

    /// Reads what the sources give for settings.
    /// - Throws: A `ConfigurationError` with a line for each setting that a source cannot give as a text.
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

    /// A key as swift-configuration has it: `STORE_URL` is `store.url`.
    private static func path(_ key: String) -> AbsoluteConfigKey {
        AbsoluteConfigKey(key.lowercased().split(separator: "_").map(String.init))
    }
}
