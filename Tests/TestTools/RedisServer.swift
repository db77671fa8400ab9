import Foundation
import RoostTesting
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// A Redis server for tests: on a free port of the loopback address, with data that is thrown away. It is killed when nothing refers to it
/// any more, or when the tests end, however that happens.
public final class RedisServer: Sendable {
    private struct Running {
        let shell: TestProcess
        let processID: Int32
    }

    /// The port.
    public let port: Int
    /// The folder with the server's data.
    public let folder: TemporaryFolder
    private let arguments: [String]
    private let running = Mutex<Running?>(nil)
    private let databases = Atomic(0)

    /// The server that the tests of a process share. What it acknowledges is on the disk.
    public static var shared: RedisServer {
        get async throws { try await sharedTask.value }
    }

    private static let sharedTask = Task {
        try await start(["--appendonly", "yes", "--appendfsync", "always", "--auto-aof-rewrite-percentage", "0", "--databases", "4000"])
    }

    /// Starts a server, and waits until it accepts connections.
    /// - Parameters:
    ///   - arguments: The path of a file with settings, settings such as `--appendonly`, `yes`, or both.
    ///   - folder: The folder for the data.
    public static func start(_ arguments: [String] = [], in folder: TemporaryFolder? = nil) async throws -> RedisServer {
        let folder = try folder ?? TemporaryFolder()
        var failure: (any Error)?
        // Another program may take the port before the server does.
        for _ in 0..<5 {
            let server = RedisServer(try freePort(), folder, arguments)
            do {
                try await server.start(within: .zero)
                return server
            } catch {
                failure = error
            }
        }
        throw failure ?? TestProcess.Failure(executable: "redis-server", reason: "it did not start")
    }

    private init(_ port: Int, _ folder: TemporaryFolder, _ arguments: [String]) {
        (self.port, self.folder, self.arguments) = (port, folder, arguments)
    }

    deinit { kill() }

    /// Starts the server again after `kill()`, with the same port and the same data.
    public func start() async throws { try await start(within: .seconds(60)) }

    private func start(within limit: Duration) async throws {
        let end = ContinuousClock.now + limit
        repeat {
            if try await launch() { return }
            // The server that was killed may not be gone yet: it ends only when what it writes is on the disk.
            try await Task.sleep(for: .milliseconds(20))
        } while ContinuousClock.now < end
        throw TestProcess.Failure(executable: "redis-server", reason: "the port \(port) is in use")
    }

    /// Starts the server, unless its port is in use.
    private func launch() async throws -> Bool {
        // A file with settings must be the first argument.
        let file = arguments.first.flatMap { $0.hasPrefix("--") ? nil : $0 }
        let rest = Array(arguments.dropFirst(file == nil ? 0 : 1))
        let settings = ["--bind", "127.0.0.1", "--dir", folder.url.path, "--save", ""] + rest
        let ports = settings.contains("--tls-port") ? [] : ["--port", "\(port)"]
        // The shell's input ends when the tests do.
        let script = "exec 3<&0; redis-server \"$@\" & p=$!; echo $p; (cat <&3; kill -9 $p) >/dev/null 2>&1 & wait $p; kill $!"
        let shell = try await TestProcess.start("/bin/sh", ["-c", script, "redis"] + [file].compactMap(\.self) + ports + settings)
        var isReady = false
        // The first lines of the server may precede that with its number.
        while let line = await shell.line() {
            if let processID = Int32(line) { running.withLock { $0 = Running(shell: shell, processID: processID) } }
            isReady = isReady || line.contains("Ready to accept connections") || line.contains("+monitor")
            if isReady, running.withLock({ $0 != nil }) { return true }
            if line.contains("Address already in use") {
                kill()
                return false
            }
            if line.contains("FATAL") || line.contains("Fatal") { break }
        }
        kill()
        throw TestProcess.Failure(executable: "redis-server", reason: shell.text)
    }

    /// Kills the server, without giving it time for anything.
    public func kill() {
        running.withLock { running in
            if let running { Glibc.kill(running.processID, SIGKILL) }
            running = nil
        }
    }

    /// Returns the URL of a database that no other test uses.
    public func url(_ options: String = "") -> String {
        "redis://127.0.0.1:\(port)/\(databases.add(1, ordering: .relaxed).newValue)\(options)"
    }

    /// Runs `redis-cli` on the server, and returns what it prints.
    @discardableResult
    public func command(_ words: String...) async throws -> String {
        try await Tool.run("redis-cli", ["-p", "\(port)"] + words).output.trimmingCharacters(in: .newlines)
    }
}
