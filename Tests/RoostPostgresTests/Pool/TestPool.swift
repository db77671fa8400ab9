import NIOCore
import NIOPosix

@testable import RoostPostgres

/// A pool without a driver, on one event loop.
enum TestPool {
    /// Makes a pool of at most ten connections.
    static func make(
        _ url: String, on loop: any EventLoop, _ change: (inout PoolSettings) -> Void = { _ in }
    ) async throws -> NIOLoopBound<LoopPool> {
        let dialer = try Dialer(try PostgresConfiguration(url: url, environment: [:]))
        var settings = PoolSettings(connections: 10, timeout: .seconds(60))
        change(&settings)
        let made = settings
        return try await loop.submit {
            NIOLoopBound(LoopPool(loop, dialer, made, PoolMetrics(pool: "test")), eventLoop: loop)
        }.get()
    }

    static func close(_ pool: NIOLoopBound<LoopPool>) async {
        await withUnsafeContinuation { (caller: UnsafeContinuation<Void, Never>) in
            pool.eventLoop.execute { pool.value.close(within: .seconds(10)) { caller.resume() } }
        }
    }
}

extension PostgresDriver {
    /// Opens a driver with fewer connections than a setting may ask for, so that all statements share one.
    static func open(_ url: String, connections: Int, applicationName: String? = nil) async throws -> PostgresDriver {
        try await open(url) { ($0.connections, $0.applicationName) = (connections, applicationName) }
    }

    /// Opens a driver that waits as long as necessary for what it cancels, on however busy a machine.
    static func open(_ url: String, _ change: (inout PostgresConfiguration) -> Void) async throws -> PostgresDriver {
        var configuration = try PostgresConfiguration(url: url)
        let driver = try await PostgresDriver.open(url, key: "DATABASE_URL")
        await driver.close()
        configuration.cancelTimeout = .seconds(60)
        change(&configuration)
        return try await PostgresDriver.make(try Dialer(configuration))
    }
}
