import Configuration
import Foundation
import Roost
import Testing

@testable import RoostSettings

/// The sources of settings and their order; no invalid value is ignored.
@Suite(.timeLimit(.minutes(5))) struct SettingSourcesTests {
    private let folder: String
    private let port = Setting<Int>.port(default: 1)
    private let key = Setting<String?>("SERVICE_KEY", allowed: "a key", purpose: "A key.", parse: { $0 })

    init() throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString).path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    }

    private func write(_ text: String, to name: String) throws -> String {
        let path = "\(folder)/\(name)"
        try Data(text.utf8).write(to: URL(filePath: path))
        return path
    }

    private func settings(
        _ commandLine: [String: String] = [:], _ environment: [String: String] = [:], file: String? = nil, others: [any ConfigProvider] = []
    ) async throws(ConfigurationError) -> Settings {
        try await SettingSources(commandLine: commandLine, environment: environment, environmentFile: file, others: others)
            .settings([port, key, SettingSources.secretsFolder])
    }

    private func fault(_ file: String) async -> String? {
        await #expect(throws: ConfigurationError.self) { try await settings(file: file) }?.description
    }

    @Test func theCommandLineStandsBeforeTheEnvironmentBeforeSecretsBeforeTheFile() async throws {
        let file = try write("PORT=4\nSERVICE_KEY=of the file\n", to: ".env")
        let secrets = folder + "/secrets"
        try FileManager.default.createDirectory(atPath: secrets, withIntermediateDirectories: true)
        _ = try write("3\n", to: "secrets/PORT")
        #expect(try await settings(file: file)[port] == 4)
        #expect(try await settings([:], ["SECRETS_DIR": secrets], file: file)[port] == 3)
        #expect(try await settings([:], ["SECRETS_DIR": secrets, "PORT": "2"], file: file)[port] == 2)
        #expect(try await settings(["PORT": "1"], ["SECRETS_DIR": secrets, "PORT": "2"], file: file)[port] == 1)
        #expect(try await settings([:], ["SECRETS_DIR": secrets, "PORT": ""], file: file)[port] == 3)
        #expect(try await settings([:], ["SECRETS_DIR": secrets], file: file)[key] == "of the file")
        #expect(try await settings([:], [:])[port] == 1)
    }

    /// Kubernetes mounts a secret as a symbolic link.
    @Test func secretsAreReadThroughLinksAndWithoutTheirLastLineBreak() async throws {
        let target = try write("a key = of services\n", to: "target")
        let secrets = folder + "/mounted"
        try FileManager.default.createDirectory(atPath: secrets + "/..data", withIntermediateDirectories: true)
        try FileManager.default.createSymbolicLink(atPath: secrets + "/SERVICE_KEY", withDestinationPath: target)
        #expect(try await settings([:], ["SECRETS_DIR": secrets])[key] == "a key = of services")
    }

    @Test func aFolderOfSecretsThatCannotBeReadIsNamed() async throws {
        let path = folder + "/none"
        let line = "SECRETS_DIR=\(path) is wrong: it must be a folder that can be read"
        await #expect(throws: ConfigurationError(line)) { try await settings([:], ["SECRETS_DIR": path]) }
        let secrets = folder + "/large"
        try FileManager.default.createDirectory(atPath: secrets, withIntermediateDirectories: true)
        _ = try write(String(repeating: "x", count: 65537), to: "large/SERVICE_KEY")
        let fault = "\(secrets)/SERVICE_KEY is wrong: it must be a readable text of at most 65536 bytes"
        await #expect(throws: ConfigurationError(fault)) { try await settings([:], ["SECRETS_DIR": secrets]) }
    }

    @Test func aFileMayHaveCommentsAndBlankLinesAndNeedNotBeThere() async throws {
        let file = try write("# A comment\n\n  PORT = 80 \r\nSERVICE_KEY=a=b#c\n", to: "comments.env")
        let given = try await settings(file: file)
        #expect(try given[port] == 80 && given[key] == "a=b#c")
        #expect(try await settings(file: folder + "/none.env")[port] == 1)
    }

    @Test func everyLineOfAFileThatIsWrongIsNamedAndItsValueIsNotShown() async throws {
        let file = try write("PORT=1\nPORT=2\nhunter2\nSERVICE_KEY=\"hunter2\"\nexport PORT=3\n=4\n", to: "wrong.env")
        #expect(
            await fault(file)?.split(separator: "\n") == [
                "\(file), line 2, gives PORT again: remove one of the lines",
                "\(file), line 3, is wrong: it must be KEY=value",
                "\(file), line 4, is wrong: write the value of SERVICE_KEY without quotes",
                "\(file), line 5, is wrong: it must be KEY=value",
                "\(file), line 6, is wrong: it must be KEY=value",
            ])
    }

    /// A password would otherwise be another one.
    @Test func aFileThatIsNotUTF8IsRefused() async throws {
        let file = folder + "/latin1.env"
        try Data("SERVICE_KEY=gr".utf8 + [0xFC] + "n\n".utf8).write(to: URL(fileURLWithPath: file))
        #expect(await fault(file) == "\(file) is not UTF-8")
    }

    @Test func aFileThatIsAFolderIsRefused() async throws {
        #expect(await fault(folder) == "\(folder) cannot be read")
    }

    /// The optional reads of swift-configuration would treat this as absent.
    @Test func whatAnotherProviderHoldsInAnotherTypeIsNotPassedOver() async throws {
        let numbers = InMemoryProvider(name: "numbers", values: ["port": 80, "service.key": "from afar"])
        await #expect(throws: ConfigurationError("PORT cannot be read as a text from InMemoryProvider[numbers]")) {
            try await settings(others: [numbers])
        }
        let texts = InMemoryProvider(name: "texts", values: ["port": "81", "service.key": "from afar"])
        let given = try await settings(others: [texts])
        #expect(try given[port] == 81 && given[key] == "from afar")
        #expect(try await settings([:], ["PORT": "80"], others: [texts])[port] == 80)
    }
}
