import Foundation
public import Roost
public import RoostData
import RoostPostgres
import RoostSQLite
public import RoostTesting

/// The databases of a test, each for one service: files in the test's folder, or databases of the server that the environment variable
/// `TEST_DATABASE_URL` names, such as `postgres://postgres@127.0.0.1:5432`. So the same tests run on either.
public struct TestDatabases: Sendable {
    private let folder: String

    /// Creates the databases of the tests that use a folder. Tests that use the same folder find the same data.
    public init(in folder: TemporaryFolder) {
        self.folder = folder.path
    }

    /// The settings that place the databases of all services, and apply their migrations.
    public var settings: [String: String] { Self.server == nil ? [:] : ["DATABASE_URL": url(of: "{service}"), "MIGRATE": "apply"] }

    /// Whether the databases are on a server.
    public static var areOnServer: Bool { server != nil }

    private static let server = ProcessInfo.processInfo.environment["TEST_DATABASE_URL"].flatMap { $0.isEmpty ? nil : $0 }

    /// Returns the URL of a service's database.
    public func url(of service: String) -> String {
        guard let server = Self.server else { return "sqlite:\(folder)/\(service).db" }
        return Self.url(of: "test_\(String(FNV1a.hash(folder.utf8), radix: 36))_\(service)", on: server)
    }

    /// Returns the URL of a database on a server, whose own URL may end with a slash.
    static func url(of database: String, on server: String) -> String { "\(server)\(server.hasSuffix("/") ? "" : "/")\(database)" }

    /// Opens a service's database, to look at its data or to prepare it. The test closes it.
    /// - Parameters:
    ///   - service: The name of the service.
    ///   - migrations: The migrations to apply.
    /// - Throws: A `ConfigurationError` if the database cannot be opened.
    public func open(_ service: String, migrations: [Migration] = []) async throws -> Database {
        let database = try await [Driver].forTests.open(ResourceURL(url(of: service), key: "TEST_DATABASE_URL"), as: Database.self)
        try await database.migrate(migrations)
        return database
    }
}

extension [Driver] {
    /// The drivers of a system in a test: SQLite, and PostgreSQL for tests that run on a server.
    public static let forTests: [Driver] = [.sqlite, .postgres]
}
