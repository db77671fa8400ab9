import Foundation
import Logging
import Roost
import RoostData
import RoostEvents
import RoostGRPC
import RoostHTTP
import RoostSQLite
import RoostSupervisor
import RoostSystemTesting
import Testing

@testable import RoostSystem

/// Repeated starting, opening, calling and watching leaves nothing behind: no descriptor, thread or memory.
@Suite(.serialized, .timeLimit(.minutes(5))) struct LeakTests {
    @Contract("echo")
    protocol EchoAPI: Sendable {
        @Get("/echo") func echo(word: String) async throws -> String
        @Live("/ticks") func ticks() async throws -> MessageStream<Int>
        /// Sends nothing until it is cancelled.
        @Live("/silence") func silence() async throws -> MessageStream<Int>
    }

    @Service(EchoAPI.self)
    struct Echo: ServiceDefinition, EchoAPI {
        let name = "echo"
        let database = DatabaseDefinition(migrations: [Migration("0001", "CREATE TABLE a (b TEXT)")])

        func assemble(on host: ServiceHost) async throws -> Echo {
            _ = try await host.database()
            return self
        }

        func echo(word: String) async throws -> String { word }
        func ticks() async throws -> MessageStream<Int> { MessageStream(of: 1, 2, 3) }
        func silence() async throws -> MessageStream<Int> {
            let (stream, continuation) = AsyncStream.makeStream(of: Int.self)
            continuation.yield(1)
            return MessageStream(stream)
        }
    }

    /// Runs a system with an address of its own.
    static func serving(_ body: (HTTPAddress) async throws -> Void) async throws {
        try await TestSystem.run {
            Echo()
        } test: { system in
            try await body(HTTPAddress(host: "127.0.0.1", port: try await system.port(of: "echo")))
        }
    }

    @Test func aLeakIsSeen() async {
        await #expect(processExitsWith: .failure) {
            try await Holdings.afterwards(rounds: 50, within: .seconds(1)) { _ = open("/dev/null", O_RDONLY) }
        }
        await #expect(processExitsWith: .failure) {
            // The thread outlives the check, so it is the leak.
            try await Holdings.afterwards(rounds: 50, within: .seconds(1)) { Thread.detachNewThread { sleep(60) } }
        }
    }

    @Test func childrenThatEndAreStartedAgain() async {
        await #expect(processExitsWith: .success) {
            try await Holdings.afterwards(rounds: 1000) {
                let end = await ProcessRun().run(Program("/bin/echo", ["a line"], environment: [:])) { _ in }
                #expect(end == .exited(code: 0))
            }
        }
    }

    @Test func childrenThatCannotBeStarted() async {
        await #expect(processExitsWith: .success) {
            try await Holdings.afterwards(rounds: 1000) {
                _ = await ProcessRun().run(Program("/no/such/program", [], environment: [:])) { _ in }
            }
        }
    }

    @Test func systemsThatStartAndStop() async {
        await #expect(processExitsWith: .success) {
            try await Holdings.afterwards(rounds: 60) { try await LeakTests.serving { _ in } }
        }
    }

    @Test func systemsThatCannotStart() async {
        await #expect(processExitsWith: .success) {
            let wrong = [["SERVICE_KEY": "short"], ["HOST": "192.0.2.1"], ["EVENTS_URL": "nonsense"], ["ECHO_DATABASE_URL": "nonsense"]]
            try await Holdings.afterwards(rounds: 60) {
                for settings in wrong {
                    await #expect(throws: ConfigurationError.self) {
                        try await TestSystem.run(settings) {
                            Echo()
                        } test: { _ in
                        }
                    }
                }
            }
        }
    }

    @Test func serversThatStartAndStop() async {
        await #expect(processExitsWith: .success) {
            try await Holdings.afterwards(rounds: 300) {
                let server = try await HTTPServer.start(.init(port: 0)) { _, _ in .text("here") }
                let http = PooledHTTPClient()
                _ = try await http.send(Request(.get, "/"), to: HTTPAddress(host: "127.0.0.1", port: server.port))
                http.shutdown()
                await server.stop()
            }
        }
    }

    @Test func connections() async {
        await #expect(processExitsWith: .success) {
            try await LeakTests.serving { address in
                try await Holdings.afterwards(rounds: 1000) {
                    let http = PooledHTTPClient()
                    let answer = try await http.send(Request(.get, "/echo", query: "word=a"), to: address)
                    #expect(answer.status == .ok)
                    http.shutdown()
                }
            }
        }
    }

    @Test func requestsThatAreGivenUp() async {
        await #expect(processExitsWith: .success) {
            try await LeakTests.serving { address in
                let http = PooledHTTPClient()
                try await Holdings.afterwards(rounds: 1000) {
                    let request = Task { try await http.send(Request(.get, "/echo", query: "word=a"), to: address) }
                    request.cancel()
                    _ = await request.result
                    await #expect(throws: (any Error).self) {
                        try await http.send(Request(.get, "/echo"), to: address, deadline: .now - .seconds(1))
                    }
                }
                http.shutdown()
            }
        }
    }

    @Test func callsByGRPC() async {
        await #expect(processExitsWith: .success) {
            try await LeakTests.serving { address in
                let caller = ServiceCaller.grpc(to: address, as: ServiceIdentity(name: "tests"))
                let echo = EchoAPIContract.client(over: caller)
                try await Holdings.afterwards(rounds: 1000) {
                    let word = try await echo.echo(word: "a")
                    #expect(word == "a")
                    for try await _ in try await echo.ticks() {}
                }
                caller.close()
            }
        }
    }

    @Test func callersByGRPC() async {
        await #expect(processExitsWith: .success) {
            try await LeakTests.serving { address in
                try await Holdings.afterwards(rounds: 300) {
                    let caller = ServiceCaller.grpc(to: address, as: ServiceIdentity(name: "tests"))
                    let word = try await EchoAPIContract.client(over: caller).echo(word: "a")
                    #expect(word == "a")
                    caller.close()
                }
            }
        }
    }

    @Test func watchersOfEventStreams() async {
        await #expect(processExitsWith: .success) {
            try await LeakTests.serving { address in
                let http = PooledHTTPClient()
                try await Holdings.afterwards(rounds: 1000) {
                    let request = Request(.get, "/silence", headers: ["accept": "text/event-stream"])
                    guard case .stream(let pieces, _) = try await http.send(request, to: address).body else {
                        throw Problem(.internalError, "no stream")
                    }
                    // Closed in the middle of an endless stream.
                    for try await _ in pieces { break }
                }
                http.shutdown()
            }
        }
    }

    @Test func watchersOfWebSockets() async {
        await #expect(processExitsWith: .success) {
            try await LeakTests.serving { address in
                let http = PooledHTTPClient()
                var isPolite = false
                try await Holdings.afterwards(rounds: 1000) {
                    let socket = try await http.webSocket("/silence", at: address)
                    #expect(try await socket.receive() != nil)
                    isPolite.toggle()
                    if isPolite {
                        try await socket.close()
                        _ = await socket.closed()
                    }
                }
                http.shutdown()
            }
        }
    }

    @Test func databases() async {
        await #expect(processExitsWith: .success) {
            let folder = try TemporaryFolder()
            try await Holdings.afterwards(rounds: 100) {
                let database = try await Database.open(
                    folder.databaseURL("a.db"), migrations: [Migration("0001", "CREATE TABLE a (b TEXT)")])
                try await database.execute("INSERT INTO a VALUES ('b')")
                await database.close()
                let changed = [Migration("0001", "CREATE TABLE a (c TEXT)")]
                await #expect(throws: (any Error).self) { try await Database.open(folder.databaseURL("a.db"), migrations: changed) }
            }
        }
    }

    @Test func readersOfDatabases() async {
        await #expect(processExitsWith: .success) {
            let folder = try TemporaryFolder()
            let database = try await Database.open(folder.databaseURL("a.db"))
            try await Holdings.afterwards(rounds: 1000) {
                // A watcher of commits that stops watching.
                let commits = Task { for await _ in database.commits() {} }
                commits.cancel()
                await commits.value
                try await database.read { _ = try await $0.query("SELECT 1") }
                // Longer than the test: it ends only by being cancelled.
                let reader = Task { try await database.read { _ in try await Task.sleep(for: .seconds(60)) } }
                reader.cancel()
                _ = await reader.result
            }
            await database.close()
        }
    }

    @Test func membersOfGroups() async {
        await #expect(processExitsWith: .success) {
            let folder = try TemporaryFolder()
            let bus = try await SQLiteEventBus.open(folder.databaseURL("events.db"))
            try await Holdings.afterwards(rounds: 300) {
                let member = try await bus.join(GroupMembership("tests", topics: ["a"]))
                let next = Task { while true { _ = try await member.next() } }
                next.cancel()
                _ = await next.result
                await member.drain()
            }
            await bus.close()
        }
    }

    @Test func poolsOfThreads() async {
        await #expect(processExitsWith: .success) {
            try await Holdings.afterwards(rounds: 1000) {
                let pool = BlockingPool("tests", threads: 2, limit: 4)
                let one = try await pool.run { 1 }
                #expect(one == 1)
            }
        }
    }

    @Test func signalsThatAreWaitedFor() async {
        await #expect(processExitsWith: .success) {
            try await Holdings.afterwards(rounds: 1000) {
                let stop = await StopRequests([.sigusr1], lifeline: false)
                let waiting = Task { try await stop.run() }
                waiting.cancel()
                _ = await waiting.result
            }
        }
    }
}
