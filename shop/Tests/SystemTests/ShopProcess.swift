import Foundation
import RoostHTTP
import RoostSystemTesting
import TestTools
import Testing

/// The shop as `make run` starts it: a supervisor and the processes of its services.
///
/// It stops when its standard input ends, so it never outlives the test.
final class ShopProcess: Sendable {
    let address: HTTPAddress
    private let process: TestProcess
    private let folder: TemporaryFolder

    static let adminPassword = "a password for tests"

    /// Starts the shop and waits until everything is ready.
    /// - Parameters:
    ///   - settings: Settings that differ from the tests' defaults; an empty value removes a setting.
    ///   - root: The working folder; by default the folder of the shop.
    static func start(
        _ arguments: [String] = [], _ settings: [String: String] = [:], in root: URL = root
    ) async throws -> ShopProcess {
        let folder = try TemporaryFolder()
        var usual = ["DATA_DIR": folder.path, "PORT": "0", "ADMIN_PASSWORD": adminPassword, "ENVIRONMENT": "development"]
            .merging(TestDatabases(in: folder).settings) { $1 }
        if ProcessInfo.processInfo.environment["SHOP_STORE"] == "redis" { usual["STORE_URL"] = try await RedisServer.shared.url() }
        switch ProcessInfo.processInfo.environment["SHOP_EVENTS"] {
        case "rabbitmq": usual["EVENTS_URL"] = try await RabbitMQServer.shared.url()
        case "kafka": usual["EVENTS_URL"] = try await KafkaCluster.shared.url()
        default: break
        }
        var attempt = 0
        while true {
            attempt += 1
            let process = try await launch(arguments, usual.merging(settings) { $1 }, in: root)
            do {
                let port = try await eventually("the shop is up", within: .seconds(60)) {
                    if process.text.contains(lateBroker), attempt < 5 { throw LateBroker() }
                    return process.text.firstMatch(of: #/is up at http://127.0.0.1:(\d+) /#).flatMap { Int($0.1) }
                }
                return ShopProcess(address: HTTPAddress(host: "127.0.0.1", port: port), process, folder)
            } catch is LateBroker {
                // The server is busy with other tests.
                process.send(SIGTERM)
                _ = await process.end()
            } catch {
                Issue.record("\(process.text)")
                throw error
            }
        }
    }

    private struct LateBroker: Error {}

    /// A shop that cannot open its event bus in time ends with this line.
    private static var lateBroker: Regex<Substring> { #/EVENTS_URL.* in time/# }

    private init(address: HTTPAddress, _ process: TestProcess, _ folder: TemporaryFolder) {
        (self.address, self.process, self.folder) = (address, process, folder)
    }

    /// Starts the shop's executable, which is in the same folder as the tests.
    private static func launch(_ arguments: [String], _ settings: [String: String], in root: URL = root) async throws -> TestProcess {
        try await TestProcess.start(
            "shop", arguments, environment: ["LIFELINE": "1"].merging(settings) { $1 }, in: root, includesErrors: true)
    }

    /// The folder of the shop.
    static let root = URL(fileURLWithPath: #filePath + "/../../..").standardizedFileURL

    /// Runs the shop with arguments and settings until it ends by itself.
    /// - Parameter signal: The signal to send after its first line of output; none if `nil`.
    static func run(
        _ arguments: [String] = [], _ settings: [String: String] = [:], signal: Int32? = nil
    ) async throws -> (code: Int32, output: String) {
        let folder = try TemporaryFolder()
        let process = try await launch(arguments, settings.merging(["DATA_DIR": folder.path]) { given, _ in given })
        if let signal {
            try await eventually("a first line") { process.text.contains("\n") }
            process.send(signal)
        }
        return (await process.end(), process.text)
    }

    /// Runs a command of the operating system until it ends by itself.
    static func run(_ command: String, _ arguments: [String]) async throws -> (code: Int32, output: String) {
        let process = try await TestProcess.start(command, arguments, in: root, includesErrors: true)
        return (await process.end(), process.text)
    }

    /// The output of the supervisor and the services so far.
    var text: String { process.text }

    /// The folder for its data.
    var dataFolder: String { folder.path }

    /// The number of files and sockets that the supervisor has open.
    var descriptors: Int { (try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(process.processID)/fd").count) ?? -1 }

    /// Asks it to stop, as Ctrl-C does.
    /// - Returns: The exit code.
    func stop(_ signal: Int32 = SIGTERM) async -> Int32 {
        process.send(signal)
        return await process.end()
    }

    /// Waits until it ends by itself.
    /// - Returns: The exit code.
    func end() async -> Int32 { await process.end() }

    /// Kills the process of a service with SIGKILL, if it is running.
    func killService(_ name: String) {
        for (identifier, hosted) in services where hosted == name { kill(identifier, SIGKILL) }
    }

    /// The running service processes: what each hosts, by its process identifier.
    var services: [Int32: String] { children.compactMapValues { $0.dropLast().last == "--host" ? $0.last : nil } }

    /// The command lines of the processes that the supervisor has started, by their process identifiers.
    var children: [Int32: [String]] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return Dictionary(
            uniqueKeysWithValues: names.compactMap { Int32($0) }.compactMap { identifier in
                commandLine(of: identifier).map { (identifier, $0) }
            })
    }

    /// The environment with which a service was started, if it is running.
    func environment(of name: String) -> [String: String]? {
        guard let identifier = services.first(where: { $0.value == name })?.key,
            let data = FileManager.default.contents(atPath: "/proc/\(identifier)/environ")
        else { return nil }
        let settings = String(decoding: data, as: UTF8.self).split(separator: "\0").map { $0.split(separator: "=", maxSplits: 1) }
        return Dictionary(settings.filter { $0.count == 2 }.map { (String($0[0]), String($0[1])) }) { first, _ in first }
    }

    /// The command line of a child of the supervisor.
    private func commandLine(of identifier: Int32) -> [String]? {
        guard let status = FileManager.default.contents(atPath: "/proc/\(identifier)/stat"),
            let parent = String(decoding: status, as: UTF8.self).split(separator: ")").last?.split(separator: " ").dropFirst().first,
            Int32(parent) == process.processID, let line = FileManager.default.contents(atPath: "/proc/\(identifier)/cmdline")
        else { return nil }
        return String(decoding: line, as: UTF8.self).split(separator: "\0").map(String.init)
    }
}
