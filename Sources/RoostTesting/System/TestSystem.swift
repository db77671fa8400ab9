import Foundation
public import Roost
import RoostHTTP
public import RoostSystem

/// Services of a system, running in the test's own process on free ports, with a data folder of their own.
///
/// Services that the one under test calls run beside it, or are replaced by others of the same name that the test writes:
///
/// ```swift
/// try await TestSystem.run {
///     OrdersService()
///     DecliningPayments()
/// } test: { system in
///     let orders = try await system.client(OrdersAPIContract.self, as: .bearer(token))
///     …
/// }
/// ```
public struct TestSystem: Sendable {
    private let system: System
    private let running: RunningServices
    private let http: HTTPClient
    private let serviceKey: String

    /// Starts a system, runs a test against it, and stops it.
    /// - Parameters:
    ///   - settings: what the services are configured with.
    ///   - folder: keeps their data; where left out, it is gone after the test. A folder that was used before goes on from there.
    ///   - page: the services, and the gateway where the test needs one.
    /// - Throws: a `ConfigurationError` where the system cannot start; whatever the test throws.
    public static func run<Result>(
        _ settings: [String: String] = [:], in folder: TemporaryFolder? = nil, @SystemBuilder _ page: () -> [System.Part],
        test: (TestSystem) async throws -> Result
    ) async throws -> Result {
        let folder = try folder ?? TemporaryFolder()
        defer { withExtendedLifetime(folder) {} }
        let system = System("test", page)
        let key = UUID().uuidString
        let given = Settings(["DATA_DIR": folder.path, "PORT": "0", "SERVICE_KEY": key]).with(settings)
        let running = try await RunningServices.start(system, settings: given)
        let http = HTTPClient()
        let test = await Swift.Result(catching: {
            try await test(TestSystem(system: system, running: running, http: http, serviceKey: given.text("SERVICE_KEY") ?? key))
        })
        http.shutdown()
        await running.stop(within: .zero)
        return try test.get()
    }

    /// A typed client of a contract that one of the services serves.
    /// - Throws: a `ConfigurationError` where none does.
    public func client<Called: Contract>(_ contract: Called.Type, as identity: TestIdentity = .anyone) async throws -> Called.API {
        let name = contract.description.name
        let service = system.services.first { $0.contracts.contains { $0.description.name == name } }
        return contract.client(over: try await client(of: service?.name ?? name, as: identity))
    }

    /// A client of a service, or of the `gateway`, that sends whatever a test wants.
    /// - Throws: a `ConfigurationError` where there is no such service.
    public func client(of service: String, as identity: TestIdentity = .anyone) async throws -> TestClient {
        TestClient(http, to: HTTPAddress(host: "127.0.0.1", port: try await port(of: service)), as: identity, serviceKey: serviceKey)
    }

    /// Where a service listens on 127.0.0.1.
    /// - Throws: a `ConfigurationError` where there is no such service.
    public func port(of service: String) async throws -> Int {
        guard let port = await running.ports[service] else { throw ConfigurationError("\(service) is no service of this system") }
        return port
    }
}

extension Result where Failure == any Error {
    fileprivate init(catching body: () async throws -> Success) async {
        do { self = .success(try await body()) } catch { self = .failure(error) }
    }
}
