import Foundation
import RoostHTTP
import RoostSystemTesting
import Synchronization
import Testing

/// The shop as `make run` starts it: a supervisor and the processes of its services.
///
/// It stops when its standard input ends, so it never outlives the test.
final class ShopProcess: Sendable {
    let address: HTTPAddress
    private let process: Running
    private let folder: TemporaryFolder
    private let output: Output

    static let adminPassword = "a password for tests"

    /// Starts the shop and waits until everything is ready.
    /// - Parameter settings: Settings that differ from the tests' defaults; an empty value removes a setting.
    static func start(_ arguments: [String] = [], _ settings: [String: String] = [:]) async throws -> ShopProcess {
        let folder = try TemporaryFolder(), output = Output()
        let usual = ["DATA_DIR": folder.path, "PORT": "0", "ADMIN_PASSWORD": adminPassword, "ENVIRONMENT": "development"]
        let process = try Running(arguments, usual.merging(settings) { $1 }, output)
        do {
            let port = try await eventually("the shop is up", within: .seconds(60)) {
                output.text.firstMatch(of: #/is up at http://127.0.0.1:(\d+) /#).flatMap { Int($0.1) }
            }
            return ShopProcess(address: HTTPAddress(host: "127.0.0.1", port: port), process, folder, output)
        } catch {
            Issue.record("\(output.text)")
            throw error
        }
    }

    private init(address: HTTPAddress, _ process: Running, _ folder: TemporaryFolder, _ output: Output) {
        (self.address, self.process, self.folder, self.output) = (address, process, folder, output)
    }

    /// Runs the shop with arguments and settings until it ends by itself.
    /// - Parameter signal: The signal to send after its first line of output; none if `nil`.
    static func run(
        _ arguments: [String] = [], _ settings: [String: String] = [:], signal: Int32? = nil
    ) async throws -> (code: Int32, output: String) {
        let output = Output(), folder = try TemporaryFolder()
        let process = try Running(arguments, settings.merging(["DATA_DIR": folder.path]) { given, _ in given }, output)
        if let signal {
            try await eventually("a first line") { output.text.contains("\n") }
            process.send(signal)
        }
        return (await process.end(), output.text)
    }

    /// Runs a command of the operating system until it ends by itself.
    static func run(_ command: String, _ arguments: [String]) async throws -> (code: Int32, output: String) {
        let output = Output()
        let process = try Running(of: URL(fileURLWithPath: command), arguments, [:], output)
        return (await process.end(), output.text)
    }

    /// The output of the supervisor and the services so far.
    var text: String { output.text }

    /// The folder for its data.
    var dataFolder: String { folder.path }

    /// The number of files and sockets that the supervisor has open.
    var descriptors: Int { (try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(process.identifier)/fd").count) ?? -1 }

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
    var services: [Int32: String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return Dictionary(
            uniqueKeysWithValues: names.compactMap { Int32($0) }.compactMap { identifier in
                hosted(by: identifier).map { (identifier, $0) }
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

    /// What a child of the supervisor hosts, according to its command line.
    private func hosted(by identifier: Int32) -> String? {
        guard let status = FileManager.default.contents(atPath: "/proc/\(identifier)/stat"),
            let parent = String(decoding: status, as: UTF8.self).split(separator: ")").last?.split(separator: " ").dropFirst().first,
            Int32(parent) == process.identifier, let line = FileManager.default.contents(atPath: "/proc/\(identifier)/cmdline")
        else { return nil }
        return String(decoding: line, as: UTF8.self).split(separator: "\0").last.map(String.init)
    }
}

extension ShopProcess {
    /// The output of a process.
    final class Output: Sendable {
        private let bytes = Mutex<[UInt8]>([])

        var text: String { bytes.withLock { String(decoding: $0, as: UTF8.self) } }

        func append(_ data: ArraySlice<UInt8>) { bytes.withLock { $0 += data } }
    }

    /// A process: by default of the shop's executable, which is in the same folder as the tests.
    private final class Running: Sendable {
        let identifier: Int32
        private let lifeline: FileHandle
        private let exit: Task<Int32, Never>

        init(of executable: URL? = nil, _ arguments: [String], _ settings: [String: String], _ output: Output) throws {
            let process = Process(), input = Pipe(), written = Pipe()
            let tests = URL(fileURLWithPath: CommandLine.arguments[0])
            process.executableURL = executable ?? tests.deletingLastPathComponent().appendingPathComponent("shop")
            process.arguments = arguments
            process.environment = ProcessInfo.processInfo.environment.merging(["LIFELINE": "1"]) { $1 }.merging(settings) { $1 }
            process.currentDirectoryURL = URL(fileURLWithPath: #filePath + "/../../..").standardizedFileURL
            process.standardInput = input
            process.standardOutput = written
            process.standardError = written
            let (ends, end) = AsyncStream.makeStream(of: Int32.self)
            process.terminationHandler = { end.yield($0.terminationStatus) }
            try process.run()
            identifier = process.processIdentifier
            lifeline = input.fileHandleForWriting
            let read = Self.read(written.fileHandleForReading, into: output)
            exit = Task {
                for await _ in read {}
                return await ends.first { _ in true } ?? -1
            }
        }

        /// Reads to the end on a separate thread.
        /// - Returns: A stream that ends when everything has been read.
        private static func read(_ handle: FileHandle, into output: Output) -> AsyncStream<Void> {
            let (stream, end) = AsyncStream.makeStream(of: Void.self)
            DispatchQueue(label: "shop.output").async {
                var buffer = [UInt8](repeating: 0, count: 16384)
                while true {
                    let count = Glibc.read(handle.fileDescriptor, &buffer, buffer.count)
                    if count > 0 { output.append(buffer[..<count]) } else if count == 0 || errno != EINTR { break }
                }
                end.finish()
            }
            return stream
        }

        deinit { try? lifeline.close() }

        func send(_ signal: Int32) { kill(identifier, signal) }

        func end() async -> Int32 { await exit.value }
    }
}
