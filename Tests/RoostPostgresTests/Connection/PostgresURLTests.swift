import Foundation
import Roost
import RoostTesting
import TestTools
import Testing

@testable import RoostPostgres

@Suite struct PostgresURLTests {
    @Test func everyPartIsRead() throws {
        let url =
            "postgres://al%69ce:p%40ss:w@db1:5433,db2,[::1]:6000/my%20shop?sslmode=require&target_session_attrs=read-write"
            + "&pooler=transaction&connect_timeout=3&connections=20&application_name=orders&pool_timeout=20&require_auth=md5"
        let configuration = try PostgresConfiguration(url: url, environment: [:])
        #expect(configuration.user == "alice")
        #expect(configuration.password == "p@ss:w")
        #expect(
            configuration.hosts == [
                Endpoint(host: "db1", port: 5433), Endpoint(host: "db2", port: 5432), Endpoint(host: "::1", port: 6000),
            ])
        #expect(configuration.database == "my shop")
        #expect(configuration.tlsMode == .require)
        #expect(configuration.target == .readWrite)
        #expect(configuration.pooler == .transaction)
        #expect(configuration.connectTimeout == .seconds(3))
        #expect(configuration.poolTimeout == .seconds(20))
        #expect(configuration.methods == [.md5])
        #expect(configuration.connections == 20)
        #expect(configuration.applicationName == "orders")
    }

    @Test func variablesAndThePasswordFileComplete() throws {
        let folder = try TemporaryFolder()
        let path = folder.file("pgpass")
        try "# comment\nother:*:*:*:no\ndb1:5440:shop:al\\:ice:s\\\\ecret:x\n".write(toFile: path, atomically: true, encoding: .utf8)
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
        let environment = [
            "PGHOST": "db1", "PGPORT": "5440", "PGUSER": "al:ice", "PGDATABASE": "shop", "PGPASSFILE": path, "PGSSLMODE": "disable",
        ]
        let configuration = try PostgresConfiguration(url: "postgres://", environment: environment)
        #expect(configuration.hosts == [Endpoint(host: "db1", port: 5440)])
        #expect(configuration.user == "al:ice")
        #expect(configuration.database == "shop")
        #expect(configuration.password == "s\\ecret:x")
        #expect(configuration.tlsMode == .disable)
        // A file that others can read is not used.
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: path)
        #expect(try PostgresConfiguration(url: "postgres://", environment: environment).password == nil)
    }

    @Test func TLSIsTheDefaultOffThisMachine() throws {
        let configuration = try PostgresConfiguration(url: "postgres://alice@db1,localhost,127.0.0.1,%2Ftmp/shop", environment: [:])
        #expect(configuration.hosts.map(configuration.tlsMode(for:)) == [.verifyFull, .prefer, .prefer, .disable])
        #expect(configuration.hosts.last?.socketPath == "/tmp/.s.PGSQL.5432")
    }

    /// Whoever waits for a connection learns why there is none before the wait is over.
    @Test(arguments: [("", 5), ("?pool_timeout=4", 2), ("?connect_timeout=60", 5), ("?connect_timeout=3", 3)])
    func connectingTakesAtMostHalfOfTheWait(_ options: String, _ seconds: Int) throws {
        #expect(try PostgresConfiguration(url: "postgres://h/x\(options)", environment: [:]).connectTimeout == .seconds(seconds))
    }

    /// With a single connection, a transaction would wait for its own statements outside of it.
    @Test(arguments: [("2", true), ("10000", true), ("1", false), ("10001", false), ("-1", false), ("many", false)])
    func theNumberOfConnectionsIsBounded(_ number: String, _ isAllowed: Bool) {
        do {
            _ = try PostgresConfiguration(url: "postgres://h/x?connections=\(number)", environment: [:])
            #expect(isAllowed)
        } catch {
            #expect(!isAllowed && "\(error)".contains("a number from 2 to 10000"))
        }
    }

    @Test(arguments: [
        "", "sqlite:x", "postgres:/x", "postgres://h:0/x", "postgres://h:70000/x", "postgres://h:x/x", "postgres://h/x?unknown=1",
        "postgres://h/x?require_auth=gss", "postgres://h/x?sslmode=maybe", "postgres://h/x?sslmode", "postgres://h/x?connections=0",
        "postgres://%zz/x", "postgres://[::1/x",
        "postgres://h/x?sslmode=require&sslmode=disable", "postgres://h/x%", "postgres://a:secret@h:1:2:x/x", "postgres://a b/x",
    ])
    func aWrongURLIsRefused(_ url: String) {
        #expect {
            _ = try PostgresConfiguration(url: url, environment: [:])
        } throws: {
            $0 is ConfigurationError && !"\($0)".contains("secret")
        }
    }

    @Test func aDescriptionHasNoPassword() throws {
        let configuration = try PostgresConfiguration(url: "postgres://alice:secret@db1/shop", environment: [:])
        var dumped = ""
        dump(configuration, to: &dumped)
        #expect(!"\(configuration)\(String(reflecting: configuration))\(dumped)".contains("secret"))
    }
}
