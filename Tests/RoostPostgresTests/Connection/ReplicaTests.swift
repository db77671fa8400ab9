import Foundation
import Roost
import RoostData
import RoostPostgres
import RoostTesting
import TestTools
import Testing

/// Reads from a standby.
@Suite(.timeLimit(.minutes(5))) struct ReplicaTests {
    private func port(_ reader: some Querying) async throws -> Int? {
        try await reader.query("SELECT inet_server_port() AS port").first?.get("port", as: Int.self)
    }

    private func url(_ servers: [PostgresServer], _ options: String) -> String {
        let hosts = servers.map { "127.0.0.1:\($0.port)" }.joined(separator: ",")
        return "postgres://postgres@\(hosts)/postgres?target_session_attrs=\(options)"
    }

    @Test func readsOfReplicasGoToTheStandbyAndAllElseToThePrimary() async throws {
        let primary = try await PostgresServer.start(), standby = try await primary.standby()
        let database = try await Database.open(postgres: url([standby, primary], "primary"))
        #expect(try await port(database) == primary.port)
        #expect(try await database.transaction { try await port($0) } == primary.port)
        #expect(try await port(database.replica) == standby.port)
        #expect(try await database.replica.read { try await port($0) } == standby.port)
        try await database.execute("CREATE TABLE visits (person TEXT NOT NULL)")
        try await database.execute("INSERT INTO visits VALUES ('Ada')")
        try await eventually("the standby has repeated it") {
            let rows = try? await database.replica.query("SELECT person FROM visits")
            return rows?.count == 1
        }
        // What is asked within a transaction would not see what the transaction has changed.
        await #expect {
            try await database.transaction { _ in try await database.replica.query("SELECT 1") }
        } throws: {
            ($0 as? DatabaseError)?.code == .nestedTransaction
        }
        await database.close()
        await #expect(throws: DatabaseError.self) { try await database.replica.query("SELECT 1") }
    }

    @Test func withoutAReplicaThePrimaryIsRead() async throws {
        let primary = try await PostgresServer.start(), standby = try await primary.standby()
        let database = try await Database.open(postgres: url([standby, primary], "read-write"))
        try await standby.crash()
        #expect(try await port(database.replica) == primary.port)
        await database.close()
    }

    @Test func aDatabaseWithOneServerIsItsOwnReplica() async throws {
        let server = try await PostgresServer.shared()
        let database = try await Database.open(postgres: server.url())
        #expect(try await port(database.replica) == server.port)
        await database.close()
    }
}
