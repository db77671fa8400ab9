import NIOCore
import NIOPosix
import Roost
import Testing

@testable import RoostGRPC
@testable import RoostHTTP

/// Which connection a call gets, and how long it waits for one.
@Suite(.timeLimit(.minutes(5))) struct ConnectionSetTests {
    /// Each caller waits for a silent server until its own deadline, and no longer.
    @Test func whoWaitsGivesUpInItsOwnTime() async throws {
        let silent = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup).bind(host: "127.0.0.1", port: 0).get()
        var configuration = HTTP2Connection.Configuration()
        configuration.connectTimeout = .seconds(3600)
        let set = ConnectionSet(HTTPAddress(host: "127.0.0.1", port: try #require(silent.localAddress?.port)), configuration)
        let patient = Task { try await set.connection(by: nil) }
        for timeout in [Duration.zero, .milliseconds(20)] {
            let late = await #expect(throws: Problem.self) { try await set.connection(by: .now + timeout) }
            #expect(late?.status == .gatewayTimeout)
        }
        patient.cancel()
        await #expect(throws: CancellationError.self) { try await patient.value }
        try await silent.close()
        set.close()
    }

    /// In the end, each event loop has a connection of its own, which its calls use.
    @Test func aCallStaysOnItsEventLoop() async throws {
        try await Talk.served { _, address, _ in
            let set = ConnectionSet(address, .init())
            let group = MultiThreadedEventLoopGroup(numberOfThreads: 2)
            for loop in [group.next(), group.next()] {
                let calls = Task.detached(executorPreference: LoopExecutor(loop)) {
                    while try await set.connection(by: nil).eventLoop !== loop { await Task.yield() }
                }
                try await calls.value
            }
            set.close()
            try await group.shutdownGracefully()
        }
    }
}
