import Foundation
import RoostSupervisor

/// pgbouncer in front of a server, which gives each transaction one of two server connections. It ends with the test process.
public final class PgBouncer: Sendable {
    /// The port.
    public let port: Int
    private let process: TestProcess

    private static let started = Task { try await start(for: PostgresServer.shared()) }

    /// Returns the one in front of the server that all tests of the process share.
    public static func shared() async throws -> PgBouncer { try await started.value }

    /// Starts it on a free port.
    public static func start(for server: PostgresServer) async throws -> PgBouncer {
        let port = try freePort()
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("roost-pgbouncer-\(UUID().uuidString.prefix(8))")
        let process = try await TestProcess.start(
            "/bin/bash", ["-c", script, "pgbouncer", folder.path, String(port), String(server.port)], includesErrors: true)
        while let line = await process.line() {
            if line == "ready" { return PgBouncer(port, process) }
        }
        throw TestProcess.Failure(executable: "pgbouncer", reason: process.text)
    }

    private init(_ port: Int, _ process: TestProcess) { (self.port, self.process) = (port, process) }

    deinit { process.send(SIGTERM) }

    private static let script = """
        set -eu
        folder=$1 port=$2 server=$3
        mkdir -p "$folder"; cd "$folder"
        cat >pgbouncer.ini <<EOF
        [databases]
        * = host=127.0.0.1 port=$server user=postgres
        [pgbouncer]
        listen_addr = 127.0.0.1
        listen_port = $port
        unix_socket_dir =
        auth_type = any
        pool_mode = transaction
        default_pool_size = 2
        max_client_conn = 500
        EOF
        as=(setpriv --pdeathsig KILL)
        if [ "$(id -u)" = 0 ]; then
          chown -R postgres .
          as=(setpriv --reuid=postgres --regid=postgres --clear-groups --pdeathsig KILL)
        fi
        "${as[@]}" /usr/sbin/pgbouncer -q pgbouncer.ini >log 2>&1 &
        bouncer=$!
        stop() { kill -KILL $bouncer 2>/dev/null || true; wait || true; cd /; rm -rf "$folder"; exit 0; }
        trap stop TERM INT
        answers() { psql -qXAth 127.0.0.1 -p "$port" -U postgres -c '' postgres 2>/dev/null; }
        for _ in $(seq 600); do answers && break; kill -0 $bouncer || break; sleep 0.1; done
        answers || { cat log; exit 1; }
        echo ready
        while read -r _; do :; done || true
        stop
        """
}
