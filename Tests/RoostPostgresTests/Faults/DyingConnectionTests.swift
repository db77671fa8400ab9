import Foundation
import NIOCore
import NIOPosix
import Roost
import RoostData
import TestTools
import Testing

@testable import RoostPostgres

/// Connections that are cut at any place, and servers that do not do what they should.
@Suite(.timeLimit(.minutes(5))) struct DyingConnectionTests {
    /// How many sessions are cut at the same time.
    private static let lanes = 2
    /// How far apart the cuts are, in bytes. `ROOST_CUT_STEP=1` cuts at each one, which takes a minute.
    private static let step = ProcessInfo.processInfo.environment["ROOST_CUT_STEP"].flatMap(Int.init) ?? 5

    /// What a session did that was cut somewhere.
    private struct Outcome {
        var isWritten = false
        var isCommitted = false
    }

    /// A session with a handshake, a statement and a transaction, over a connection that is cut after each of its bytes in turn. Nothing
    /// hangs, whatever was acknowledged is there, a transaction is there as a whole or not at all, and the next statement succeeds.
    @Test(arguments: CuttingProxy.Direction.allCases)
    func aConnectionMayDieAtEachByte(_ direction: CuttingProxy.Direction) async throws {
        let server = try await PostgresServer.shared(), url = server.url()
        let owner = try await PostgresDriver.open(url, key: "DATABASE_URL")
        _ = try await owner.run(Statement("CREATE TABLE marks (session int, part int)"), for: .write) { _ in }
        let proxy = try await CuttingProxy.start(to: server.port)
        _ = try await session(-1, through: proxy, url)
        // The bytes of a whole session, and some more for what is sent only after a failure.
        let length = proxy.passed(direction) + 64
        await proxy.stop()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for lane in 0..<Self.lanes {
                group.addTask {
                    let proxy = try await CuttingProxy.start(to: server.port)
                    for limit in stride(from: lane * Self.step + 1, to: length, by: Self.lanes * Self.step) {
                        proxy.cutNext(after: limit, direction)
                        let outcome = try await session(limit, through: proxy, url)
                        try await check(outcome, of: limit, owner)
                    }
                    await proxy.stop()
                }
            }
            try await group.waitForAll()
        }
        await owner.close()
    }

    private func session(_ number: Int, through proxy: CuttingProxy, _ url: String) async throws -> Outcome {
        let path = url.split(separator: "/").last?.prefix { $0 != "?" } ?? ""
        let text = "postgres://postgres@127.0.0.1:\(proxy.port)/\(path)?sslmode=disable&connect_timeout=60&pool_timeout=120"
        let driver = try await PostgresDriver.make(try Dialer(try PostgresConfiguration(url: text, environment: [:])))
        var outcome = Outcome()
        outcome.isWritten = try await succeeds {
            _ = try await driver.run(Self.insertion(number, 0), for: .write) { _ in }
        }
        outcome.isCommitted = try await succeeds {
            try await driver.transaction(.write) { session in
                _ = try await session.run(Self.insertion(number, 1)) { _ in }
                let others = try await session.run([Self.insertion(number, 2), Self.insertion(number, 3)]) { _ in }
                #expect(others.map(\.changes) == [1, 1])
            }
        }
        let rows = try await driver.run(Statement("SELECT 7"), for: .read) { try $0.next(Int.self) }.rows
        #expect(rows == [7], "after \(number) bytes")
        await driver.close()
        return outcome
    }

    private static func insertion(_ number: Int, _ part: Int) -> Statement {
        Statement("INSERT INTO marks VALUES ($1, $2)", [.integer(Int64(number)), .integer(Int64(part))])
    }

    /// Runs something that may fail only because the connection was lost.
    private func succeeds(_ action: () async throws -> Void) async throws -> Bool {
        do {
            try await action()
            return true
        } catch let problem as Problem where problem.status == .unavailable {
            return false
        }
    }

    private func check(_ outcome: Outcome, of number: Int, _ owner: PostgresDriver) async throws {
        let query = Statement("SELECT part FROM marks WHERE session = $1", [.integer(Int64(number))])
        let parts = Set(try await owner.run(query, for: .read) { try $0.next(Int.self) }.rows)
        #expect(!outcome.isWritten || parts.contains(0), "what was acknowledged after \(number) bytes is lost")
        let committed = parts.subtracting([0])
        #expect(committed.isEmpty || committed == [1, 2, 3], "half of a transaction after \(number) bytes")
        #expect(!outcome.isCommitted || !committed.isEmpty, "what was committed after \(number) bytes is lost")
    }

    /// With these timeouts, only the end of the connection can end the wait.
    @Test func aServerThatClosesDuringTheHandshakeFailsItAtOnce() async throws {
        let server = try await ScriptedServer.closing()
        for mode in ["disable", "require"] {
            await #expect {
                _ = try await PostgresDriver.open(
                    "postgres://alice:secret@127.0.0.1:\(server.port)/shop?connect_timeout=40000&pool_timeout=80000&sslmode=\(mode)",
                    key: "DATABASE_URL")
            } throws: {
                ($0 as? Problem)?.status == .unavailable
            }
        }
        await server.stop()
    }

    @Test func anAttemptToConnectEndsWithItsTask() async throws {
        let server = try await ScriptedServer.silent()
        let text = "postgres://alice:secret@127.0.0.1:\(server.port)/shop?connect_timeout=40000&pool_timeout=80000&sslmode=require"
        let opening = Task { _ = try await PostgresDriver.open(text, key: "DATABASE_URL") }
        try await server.waitForClient()
        opening.cancel()
        await #expect(throws: CancellationError.self) { try await opening.value }
        try await server.waitForLeaving()
        await server.stop()
    }

    /// It lets the client in, and then does not say what role it has.
    @Test func aServerThatDoesNotTellItsRoleIsLeft() async throws {
        let silent = try await ScriptedServer.greeting(), server = try await PostgresServer.shared()
        let hosts = "127.0.0.1:\(silent.port),127.0.0.1:\(server.port)"
        let driver = try await PostgresDriver.open(
            "postgres://postgres@\(hosts)/postgres?target_session_attrs=read-write&connect_timeout=3&sslmode=disable", key: "DATABASE_URL")
        try await silent.waitForLeaving()
        let port = Statement("SELECT inet_server_port()")
        #expect(try await driver.run(port, for: .read) { try $0.next(Int.self) }.rows == [server.port])
        await driver.close()
        await silent.stop()
    }

    /// Many callers do not make many attempts while the server is down, and yet each of them learns it.
    @Test func aServerThatIsDownIsAskedByOneAtATime() async throws {
        let server = try await ScriptedServer.closing(), loop = MultiThreadedEventLoopGroup.singleton.any()
        let text = "postgres://alice@127.0.0.1:\(server.port)/shop?sslmode=disable"
        let pool = try await TestPool.make(text, on: loop) { $0.dialPause = .seconds(3600) }
        // At first, nobody knows that the server is down.
        for attempts in [10, 1, 1] {
            let before = server.opened
            let flights = try await loop.submit {
                let flights = (0..<50).map { _ in RecordingFlight([]) }
                for flight in flights { pool.value.submit(flight) }
                return NIOLoopBound(flights, eventLoop: loop)
            }.get()
            while try await loop.submit({ flights.value.contains { $0.ending == nil } }).get() { await Task.yield() }
            #expect(try await loop.submit { flights.value.allSatisfy { ($0.ending ?? nil) is Problem } }.get())
            #expect(server.opened - before == attempts)
        }
        await TestPool.close(pool)
        await server.stop()
    }
}
