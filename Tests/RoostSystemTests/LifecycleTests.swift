import Foundation
import Logging
import Roost
import RoostData
import RoostHTTP
import RoostSQLite
import RoostSystemTesting
import ServiceLifecycle
import Testing

@testable import RoostSystem

/// Background work: its order, its failures and its end.
@Suite(.timeLimit(.minutes(5))) struct LifecycleTests {
    /// A service that is assembled by a closure.
    private struct Made: ServiceDefinition {
        let name: String
        let make: @Sendable (ServiceHost) async throws -> Void
        func assemble(on host: ServiceHost) async throws -> EndpointGroup {
            try await make(host)
            return EndpointGroup()
        }
    }

    /// A service of another library, which records that it was started and asked to stop.
    private struct Foreign: Service {
        let name: String
        let lines: Lines
        let begun: AsyncStream<Void>.Continuation

        func run() async throws {
            lines.add("\(name) begins")
            begun.yield()
            try await gracefulShutdown()
            #expect(!Task.isCancelled)
            lines.add("\(name) ends")
        }
    }

    @Test func whatRunsIsStoppedInTheOppositeOrderAndThenClosed() async throws {
        let lines = Lines(), (begun, begin) = AsyncStream.makeStream(of: Void.self)
        try await TestSystem.run {
            Made(name: "first") { host in
                let word = try await host.resource("word") {
                    "a word"
                } close: {
                    lines.add("closes \($0)")
                }
                #expect(try await host.resource("word") { "another" } == word)
                await host.whenStopped { lines.add("hook") }
                await host.run("a", Foreign(name: "a", lines: lines, begun: begin))
                await host.run("b", Foreign(name: "b", lines: lines, begun: begin))
            }
            Background("c", Foreign(name: "c", lines: lines, begun: begin))
        } test: { system in
            var count = 0
            for await _ in begun {
                count += 1
                if count == 3 { break }
            }
            let ready = try await system.client(of: "c").send(.get, "/health/ready")
            #expect(ready.status == .ok)
        }
        #expect(lines.all.filter { !$0.hasSuffix("begins") } == ["c ends", "b ends", "a ends", "hook", "closes a word"])
    }

    @Test func aResourceOfAnotherTypeIsAFault() async throws {
        await #expect(throws: ConfigurationError("the resource made/x is of another type than Int: give one of them another key")) {
            try await TestSystem.run {
                Made(name: "made") { host in
                    _ = try await host.resource("x") { "text" }
                    _ = try await host.resource("x") { 1 }
                }
            } test: { _ in
            }
        }
    }

    @Test func aDatabaseThatIsOpenedTwiceIsAFault() async throws {
        await #expect(throws: ConfigurationError("made opens its database twice: open it once, and pass it on")) {
            try await TestSystem.run {
                Made(name: "made") { host in
                    _ = try await host.database()
                    _ = try await host.database()
                }
            } test: { _ in
            }
        }
    }

    @Test func workWithoutAnEndIsCancelled() async throws {
        let (begun, begin) = AsyncStream.makeStream(of: Void.self), lines = Lines()
        try await TestSystem.run {
            Made(name: "made") { host in
                await host.run("waiting") {
                    begin.yield()
                    // Longer than the test: it ends only by being cancelled.
                    do { try await Task.sleep(for: .seconds(3600)) } catch {
                        lines.add("cancelled")
                        throw error
                    }
                }
            }
        } test: { _ in
            for await _ in begun { break }
        }
        #expect(lines.all == ["cancelled"])
    }

    private func restarting(_ body: @escaping @Sendable () async throws -> Void) -> RestartingService {
        RestartingService(name: "tested", service: CancellableService(body: body), logger: Logger(label: "tests"))
    }

    @Test func whatFailsIsRunAgain() async throws {
        let runs = Lines()
        try await restarting {
            runs.add("run")
            if runs.all.count < 3 { throw Problem(.internalError, "not yet") }
        }.run()
        #expect(runs.all.count == 3)
    }

    @Test func whatIsConfiguredWronglyIsNotRunAgain() async throws {
        let runs = Lines()
        await #expect(throws: ConfigurationError("the group Lost must be named otherwise")) {
            try await restarting {
                runs.add("run")
                throw ConfigurationError("the group Lost must be named otherwise")
            }.run()
        }
        #expect(runs.all.count == 1)
    }

    /// As in a container that is stopped during startup.
    @Test func servicesThatAreAskedToStopBeforeTheyRunStop() async throws {
        let folder = try TemporaryFolder()
        let running = try await RunningServices.start(
            ServiceSystem("early", drivers: [.sqlite]) { Made(name: "made") { _ in } }, settings: Settings(["DATA_DIR": folder.path]))
        await running.stop()
        try await running.run()
    }
}
