import Foundation
public import Roost
import RoostHTTP
public import RoostSQLite
public import RoostSystem

/// A system that runs in the test's own process, on free ports and with its own data folder.
///
/// List the service under test and the services that it calls. To replace one of those, list a service of the same name that the test
/// defines:
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
    private let system: ServiceSystem
    private let running: RunningHosts
    private let http: PooledHTTPClient
    private let serviceKey: String

    /// Starts a system, runs a test against it, and stops it.
    /// - Parameters:
    ///   - settings: Settings of the services, which override the defaults of the test.
    ///   - arrangement: Whether the services call one another directly or over the network.
    ///   - drivers: The drivers for the databases, the key-value store and the event bus.
    ///   - folder: The folder for the services' data. If `nil`, a temporary folder is used and deleted after the test. Pass the folder of
    ///     an earlier run to continue with its data.
    ///   - errors: The shape of the system's errors.
    ///   - parts: The services, and the gateway if the test needs one.
    ///   - test: The test. It gets the running system.
    /// - Returns: The result of the test.
    /// - Throws: A `ConfigurationError` if the system cannot start; whatever the test throws.
    public static func run<Result>(
        _ settings: [String: String] = [:], arrangement: Arrangement = .together, drivers: [Driver] = .forTests,
        in folder: TemporaryFolder? = nil, errors: any ErrorDocument.Type = ProblemDocument.self,
        @SystemBuilder _ parts: () -> [ServiceSystem.Part],
        test: (TestSystem) async throws -> Result
    ) async throws -> Result {
        let system = ServiceSystem("test", drivers: drivers, errors: errors, parts)
        return try await run(system, settings, arrangement: arrangement, in: folder, test: test)
    }

    /// Starts a declared system, runs a test against it, and stops it.
    ///
    /// ```swift
    /// try await TestSystem.run(shop, arrangement: .apart) { system in … }
    /// ```
    /// - Parameters:
    ///   - system: The system, whose gateway listens on a free port here.
    ///   - settings: Settings of the services, which override the defaults of the test.
    ///   - arrangement: Whether the services call one another directly or over the network.
    ///   - folder: The folder for the services' data. If `nil`, a temporary folder is used and deleted after the test. Pass the folder of
    ///     an earlier run to continue with its data.
    ///   - test: The test. It gets the running system.
    /// - Returns: The result of the test.
    /// - Throws: A `ConfigurationError` if the system cannot start; whatever the test throws.
    public static func run<Result>(
        _ system: ServiceSystem, _ settings: [String: String] = [:], arrangement: Arrangement = .together,
        in folder: TemporaryFolder? = nil,
        test: (TestSystem) async throws -> Result
    ) async throws -> Result {
        let folder = try folder ?? TemporaryFolder()
        defer { withExtendedLifetime(folder) {} }
        let key = UUID().uuidString
        let usual = ["DATA_DIR": folder.path, "PORT": "0", "SERVICE_KEY": key]
        let given = Settings(usual).with(TestDatabases(in: folder).settings).with(settings)
        let hosts = try await RunningHosts.start(system, arrangement, settings: given)
        return try await hosts.run {
            let http = PooledHTTPClient()
            defer { http.shutdown() }
            return try await test(TestSystem(system: system, running: hosts, http: http, serviceKey: given.text("SERVICE_KEY") ?? key))
        }
    }

    /// Returns a typed client of a contract that one of the services implements.
    /// - Parameters:
    ///   - contract: The contract.
    ///   - identity: The caller.
    /// - Throws: A `ConfigurationError` if no service implements the contract.
    public func client<Called: Contract>(_ contract: Called.Type, as identity: TestIdentity = .anyone) async throws -> Called.API {
        let name = contract.description.name
        let service = system.services.first { $0.contracts.contains { $0.description.name == name } }
        return contract.client(over: try await client(of: service?.name ?? name, as: identity))
    }

    /// Returns a client that sends arbitrary requests to a service or to the `gateway`.
    /// - Parameters:
    ///   - service: The name of the service.
    ///   - identity: The caller.
    /// - Throws: A `ConfigurationError` if there is no service of this name.
    public func client(of service: String, as identity: TestIdentity = .anyone) async throws -> HTTPTestClient {
        HTTPTestClient(http, to: HTTPAddress(host: "127.0.0.1", port: try await port(of: service)), as: identity, serviceKey: serviceKey)
    }

    /// Returns the port on which a service listens on 127.0.0.1.
    /// - Throws: A `ConfigurationError` if there is no service of this name.
    public func port(of service: String) async throws -> Int {
        guard let port = await running.port(of: service) else { throw ConfigurationError("this system has no service named \(service)") }
        return port
    }
}
