import Foundation
import RoostSupervisor
import Synchronization

/// A throw-away PostgreSQL server on a free port of this machine. It ends with the test process, however that ends.
///
/// Its roles are `postgres`, without a password, and `scram`, `md5`, `clear` and `secured`, each with the password `pencil: 100%`, which
/// authenticate by the method that their name says; `secured` needs TLS.
public final class PostgresServer: Sendable {
    /// The password of all roles that have one.
    public static let password = "pencil: 100%"

    /// The port.
    public let port: Int
    /// The folder with the data, and with `root.crt`, the certificate that has signed the server's.
    public let folder: URL
    private let process: TestProcess

    private static let started = Task { try await start() }

    /// Returns the server that all tests of the process share. Each test uses a database of its own.
    public static func shared() async throws -> PostgresServer { try await started.value }

    /// Starts a server of its own, for a test that stops it.
    /// - Parameters:
    ///   - port: The port; by default, a free one.
    ///   - settings: Lines for `postgresql.conf`.
    ///   - primary: The server whose standby to start.
    public static func start(port: Int? = nil, settings: [String] = [], repeating primary: PostgresServer? = nil) async throws
        -> PostgresServer
    {
        let port = try port ?? freePort()
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("roost-postgres-\(UUID().uuidString.prefix(8))")
        let process = try await TestProcess.start(
            "/bin/bash",
            ["-c", script, "postgres", folder.path, String(port), settings.joined(separator: "\n"), primary.map { String($0.port) } ?? ""],
            includesErrors: true)
        while let line = await process.line() {
            if line == "ready" { return PostgresServer(port, folder, process) }
        }
        throw TestProcess.Failure(executable: "postgres", reason: process.text)
    }

    /// Starts a standby of the server, which repeats its changes and can be read.
    public func standby() async throws -> PostgresServer { try await Self.start(repeating: self) }

    private init(_ port: Int, _ folder: URL, _ process: TestProcess) {
        (self.port, self.folder, self.process) = (port, folder, process)
    }

    deinit { process.send(SIGTERM) }

    /// Returns the URL of a database.
    /// - Parameters:
    ///   - database: Its name; by default one that no other test has.
    ///   - user: The role.
    ///   - password: The role's password.
    ///   - options: What follows after the question mark. Unless it has time limits, they are such that a slow machine does not exceed them.
    ///   - port: Another port than the server's, such as a proxy's.
    public func url(
        _ database: String = "test_\(UUID().uuidString.prefix(13).lowercased())", user: String = "postgres", password: String? = nil,
        options: String = "", port: Int? = nil
    ) -> String {
        let allowed = CharacterSet.alphanumerics
        let limits = options.contains("_timeout=") ? "" : (options.isEmpty ? "" : "&") + "connect_timeout=30&pool_timeout=60"
        let secret = password?.addingPercentEncoding(withAllowedCharacters: allowed).map { ":\($0)" } ?? ""
        return "postgres://\(user)\(secret)@127.0.0.1:\(port ?? self.port)/\(database)?\(options + limits)"
    }

    /// Runs statements with psql, and returns their output.
    public func psql(_ sql: String, database: String = "postgres") async throws -> String {
        let tool = try await Tool.run(
            "psql", ["-XAtq", "-v", "ON_ERROR_STOP=1", "-h", "127.0.0.1", "-p", String(port), "-U", "postgres", "-d", database, "-c", sql])
        guard tool.status == 0 else { throw TestProcess.Failure(executable: "psql", reason: tool.output) }
        return tool.output.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// Starts a session with psql that takes an advisory lock, and keeps it until the session ends. It writes `held` when it has the lock.
    public func sessionHolding(lock key: Int64, database: String = "postgres") async throws -> TestProcess {
        try await TestProcess.start(
            "/usr/bin/psql",
            [
                "-XAtq", "-h", "127.0.0.1", "-p", String(port), "-U", "postgres", "-d", database, "-c",
                "SELECT 'held' FROM pg_advisory_lock(\(key))", "-c", "SELECT pg_sleep(600)",
            ])
    }

    /// Stops the server as a crash would, keeping its data.
    public func crash() async throws { _ = try await control("immediate") }

    /// Kills the server and all of its processes, as the system does when it has no memory left. Its data is kept.
    public func kill() async throws { _ = try await control("kill") }

    /// Starts the server again after a crash.
    public func restart() async throws {
        // The script starts it, so that it ends with the script.
        process.send(SIGUSR1)
        _ = try await control("await")
    }

    private func control(_ action: String) async throws -> String {
        let tool = try await Tool.run("/bin/bash", ["-c", Self.controlScript, "postgres", folder.path, action, String(port)])
        guard tool.status == 0 else { throw TestProcess.Failure(executable: "pg_ctl", reason: tool.output) }
        return tool.output
    }
}

extension PostgresServer {
    /// PostgreSQL refuses to run as root. The user `postgres` comes with Debian's package.
    private static let unprivileged = """
        export PATH="$PATH:$(ls -d /usr/lib/postgresql/*/bin | sort -V | tail -1)"
        as=(setpriv --pdeathsig QUIT)
        [ "$(id -u)" != 0 ] || as=(setpriv --reuid=postgres --regid=postgres --clear-groups --pdeathsig QUIT)
        """

    /// Standard input ends with the test process. `pdeathsig` stops the server even if this script is killed.
    private static let script = """
        set -eu
        folder=$1 port=$2 settings=$3 primary=$4
        \(unprivileged)
        umask 077
        mkdir -p "$folder"; cd "$folder"
        openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj "/CN=root" -keyout root.key -out root.crt 2>/dev/null
        openssl req -newkey rsa:2048 -nodes -subj "/CN=localhost" -keyout server.key -out server.csr 2>/dev/null
        openssl x509 -req -in server.csr -CA root.crt -CAkey root.key -CAcreateserial -days 2 -out server.crt \
          -extfile <(printf 'subjectAltName=DNS:localhost,IP:127.0.0.1') 2>/dev/null
        chmod 755 .; chmod 644 root.crt server.crt
        [ "$(id -u)" != 0 ] || chown -R postgres:postgres .
        if [ -n "$primary" ]; then "${as[@]}" pg_basebackup -D data -h 127.0.0.1 -p "$primary" -U postgres -R -X stream -c fast --no-sync
        else "${as[@]}" initdb -D data -U postgres -A trust -E UTF8 --locale=C.UTF-8 --no-sync >/dev/null; fi
        cat >hba.conf <<EOF
        local all all trust
        hostnossl all secured all reject
        host all postgres all trust
        host replication postgres all trust
        host all scram,secured all scram-sha-256
        host all md5 all md5
        host all clear all password
        EOF
        cat >>data/postgresql.conf <<EOF
        port = $port
        listen_addresses = '127.0.0.1'
        unix_socket_directories = '$folder'
        hba_file = '$folder/hba.conf'
        ssl = on
        ssl_cert_file = '$folder/server.crt'
        ssl_key_file = '$folder/server.key'
        fsync = off
        client_connection_check_interval = 1s
        max_connections = 200
        $settings
        EOF
        chmod 644 hba.conf
        start() { "${as[@]}" postgres -D data >>log 2>&1 & }
        start
        trap start USR1
        stop() { kill -QUIT "$(head -1 data/postmaster.pid 2>/dev/null || echo $!)" 2>/dev/null || true; wait || true; cd /; rm -rf "$folder"; exit 0; }
        trap stop TERM INT
        answers() { psql -qXh "$folder" -p "$port" -U postgres -c '' 2>/dev/null; }
        for _ in $(seq 600); do answers && break; kill -0 $! || break; sleep 0.1; done
        answers || { cat log; exit 1; }
        [ -n "$primary" ] || psql -qXh "$folder" -p "$port" -U postgres -v ON_ERROR_STOP=1 -v password='\(password)' <<EOF
        SET default_transaction_read_only = off;
        CREATE ROLE scram LOGIN PASSWORD :'password'; CREATE ROLE secured LOGIN PASSWORD :'password';
        CREATE ROLE clear LOGIN PASSWORD :'password';
        SET password_encryption = 'md5'; CREATE ROLE md5 LOGIN PASSWORD :'password';
        EOF
        echo ready
        while read -r _; do :; done || true
        stop
        """

    private static let controlScript = """
        set -eu
        folder=$1 action=$2
        \(unprivileged)
        cd "$folder"
        as=(); [ "$(id -u)" != 0 ] || as=(setpriv --reuid=postgres --regid=postgres --clear-groups)
        case $action in
        immediate) "${as[@]}" pg_ctl -D data -w -m immediate stop ;;
        kill)
          processes="$(head -1 data/postmaster.pid)"
          # Stopped, it starts no further process that would survive.
          kill -STOP "$processes"
          processes="$processes $(pgrep -P "$processes" || true)"
          kill -KILL $processes 2>/dev/null || true
          for process in $processes; do
            until ! [ -d /proc/$process ] || grep -q '^State:.*Z' /proc/$process/status 2>/dev/null; do sleep 0.02; done
          done ;;
        await) until psql -qXh "$folder" -U postgres -p "$3" -c '' 2>/dev/null; do sleep 0.1; done ;;
        esac
        """
}
