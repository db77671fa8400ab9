import Foundation
import RoostTesting
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// A RabbitMQ server for tests: on free ports of the loopback address, with an epmd of its own and data that is thrown away. It ends with the
/// test process, however that ends.
public final class RabbitMQServer: Sendable {
    /// The port for AMQP.
    public let port: Int
    /// The port for AMQP with TLS.
    public let securedPort: Int
    /// The folder with the data, and with `root.crt`, the certificate that has signed the server's.
    public let folder: TemporaryFolder
    private let names: Int
    private let distribution: Int
    private let settings: [String: String]
    private let process: Mutex<TestProcess?> = Mutex(nil)
    private let prefixes = Atomic(0)

    private static let started = Task { try await start() }

    /// The server that all tests of a process share. Each test uses a prefix of its own.
    public static var shared: RabbitMQServer {
        get async throws { try await started.value }
    }

    /// Starts a server, and waits until it accepts connections.
    /// - Parameters:
    ///   - settings: Variables for the server, such as `RABBITMQ_FEATURE_FLAGS`.
    ///   - largestMessage: The largest message that the server takes, in bytes.
    public static func start(_ settings: [String: String] = [:], largestMessage: Int? = nil) async throws -> RabbitMQServer {
        let line = largestMessage.map { "max_message_size = \($0)\n" } ?? ""
        var failure: (any Error)?
        // Another program may take a port before the server does.
        for _ in 0..<3 {
            let server = RabbitMQServer(
                try freePort(), try freePort(), try freePort(), try freePort(), try TemporaryFolder(), settings)
            try Data(line.utf8).write(to: server.folder.url.appending(path: "more.conf"))
            do {
                try await server.start()
                return server
            } catch {
                failure = error
            }
        }
        throw failure ?? TestProcess.Failure(executable: "rabbitmq-server", reason: "it did not start")
    }

    private init(
        _ port: Int, _ securedPort: Int, _ names: Int, _ distribution: Int, _ folder: TemporaryFolder, _ settings: [String: String]
    ) {
        (self.port, self.securedPort, self.names, self.distribution) = (port, securedPort, names, distribution)
        (self.folder, self.settings) = (folder, settings)
    }

    deinit { process.withLock { $0?.send(SIGKILL) } }

    /// Starts the server again after it was stopped, with the same ports and the same data.
    public func start() async throws {
        let started = try await TestProcess.start(
            "/bin/bash", ["-c", Self.script, "rabbitmq", folder.url.path, "\(port)", "\(securedPort)"],
            environment: environment.merging(settings) { $1 }, includesErrors: true)
        while let line = await started.line() {
            guard line == "ready" else { continue }
            process.withLock { $0 = started }
            return
        }
        throw TestProcess.Failure(executable: "rabbitmq-server", reason: started.text)
    }

    private var environment: [String: String] {
        let places = [
            "MNESIA_BASE": "data", "LOG_BASE": "logs", "CONFIG_FILE": "settings", "ENABLED_PLUGINS_FILE": "plugins", "PID_FILE": "pid",
        ]
        return Dictionary(uniqueKeysWithValues: places.map { ("RABBITMQ_\($0)", folder.url.appending(path: $1).path) })
            .merging([
                "RABBITMQ_NODENAME": "test\(port)@localhost", "RABBITMQ_DIST_PORT": "\(distribution)", "ERL_EPMD_PORT": "\(names)",
                "ERL_EPMD_ADDRESS": "127.0.0.1", "HOME": folder.url.path,
            ]) { $1 }
    }

    /// Returns the URL of the server, with a prefix that no other test uses.
    /// - Parameters:
    ///   - account: The user and the password, with a colon between them.
    ///   - port: Another port than the server's, such as a proxy's.
    ///   - options: What follows the prefix.
    public func url(_ account: String = "guest:guest", port: Int? = nil, options: String = "") -> String {
        let prefix = "test\(prefixes.add(1, ordering: .relaxed).newValue)"
        return "amqp://\(account)@127.0.0.1:\(port ?? self.port)/?prefix=\(prefix)\(options)"
    }

    /// Runs `rabbitmqctl` on the server, and returns what it prints.
    @discardableResult
    public func control(_ words: String...) async throws -> String {
        let tool = try await Tool.run(
            "/usr/bin/env", environment.map { "\($0)=\($1)" } + ["/bin/bash", "-c", Self.controlScript, "rabbitmqctl", "--quiet"] + words,
            limit: 240)
        guard tool.status == 0 else { throw TestProcess.Failure(executable: "rabbitmqctl", reason: tool.output) }
        return tool.output.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// Kills the server, once it has written down which queues there are. Its data is kept.
    ///
    /// It says that a queue is declared before that is on the disk, so that a server which is killed within seconds loses the queue and what is
    /// in it. Tests do not show what happens then.
    public func kill() async throws {
        guard process.withLock({ $0 != nil }) else { return }
        try await control("eval", "mnesia:sync_log(), lists:foreach(fun dets:sync/1, dets:all()).")
        guard let stopping = process.withLock({ $0.take() }) else { return }
        Glibc.kill(try processID, SIGKILL)
        _ = await stopping.end()
    }

    /// Stops the server in order. Its data is kept.
    public func stop() async throws {
        guard let stopping = process.withLock({ $0.take() }) else { return }
        Glibc.kill(try processID, SIGTERM)
        _ = await stopping.end()
    }

    /// Suspends the server, or continues it.
    public func suspend(_ isSuspended: Bool) throws { Glibc.kill(try processID, isSuspended ? SIGSTOP : SIGCONT) }

    private var processID: Int32 {
        get throws {
            let text = try String(contentsOf: folder.url.appending(path: "pid"), encoding: .utf8)
            guard let number = Int32(text.trimmingCharacters(in: .whitespacesAndNewlines)) else {
                throw TestProcess.Failure(executable: "rabbitmq-server", reason: "its process is not known")
            }
            return number
        }
    }
}

extension RabbitMQServer {
    /// The scripts on the PATH change to another user; those in the package's own folder do not.
    private static let programs = "programs=$(ls -d /usr/lib/rabbitmq/lib/rabbitmq_server-*/sbin | sort -V | tail -1)"

    private static let controlScript = "\(programs); exec \"$programs/rabbitmqctl\" \"$@\""

    /// Standard input ends with the test process.
    private static let script = """
        set -eu
        folder=$1 port=$2 secured=$3
        \(programs)
        cd "$folder"
        if [ ! -e settings.conf ]; then
          openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj "/CN=root" -keyout root.key -out root.crt 2>/dev/null
          openssl req -newkey rsa:2048 -nodes -subj "/CN=localhost" -keyout server.key -out server.csr 2>/dev/null
          openssl x509 -req -in server.csr -CA root.crt -CAkey root.key -CAcreateserial -days 2 -out server.crt \
            -extfile <(printf 'subjectAltName=DNS:localhost,IP:127.0.0.1') 2>/dev/null
          printf '%s\\n' "listeners.tcp.1 = 127.0.0.1:$port" "listeners.ssl.1 = 127.0.0.1:$secured" \
            "ssl_options.cacertfile = $folder/root.crt" "ssl_options.certfile = $folder/server.crt" \
            "ssl_options.keyfile = $folder/server.key" "log.console.level = error" > settings.conf
          cat more.conf >> settings.conf
          echo '[].' > plugins
        fi
        rm -f pid
        exec 3<&0
        epmd -port "$ERL_EPMD_PORT" >/dev/null 2>&1 &
        names=$!
        setsid "$programs/rabbitmq-server" >>log 2>&1 &
        server=$!
        # This goes on if the script is killed. The node is in a process group of its own.
        (cat <&3; kill -9 -- "-$server" "$names") >/dev/null 2>&1 &
        watch=$!
        until (exec 4<>"/dev/tcp/127.0.0.1/$port" 5<>"/dev/tcp/127.0.0.1/$secured") 2>/dev/null; do
          kill -0 "$server" 2>/dev/null || { cat log; kill "$names" "$watch"; exit 1; }
          sleep 0.1
        done
        echo ready
        wait "$server" || true
        kill "$names" "$watch" 2>/dev/null || true
        """
}
