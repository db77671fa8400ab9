import Foundation
import Roost
import RoostData
import RoostPostgres
import RoostSystemTesting
import TestTools
import Testing

@Suite(.timeLimit(.minutes(5))) struct ConformanceTests {
    @Test(arguments: DatabaseConformance.cases)
    func conforms(_ conformance: ConformanceCase<Database>) async throws {
        let database = try await Database.open(postgres: PostgresServer.shared().url())
        try await conformance.check(database)
        await database.close()
    }

    @Test("It conforms behind a pooler that gives each transaction another connection", arguments: DatabaseConformance.cases)
    func conformsBehindAPooler(_ conformance: ConformanceCase<Database>) async throws {
        let server = try await PostgresServer.shared(), bouncer = try await PgBouncer.shared()
        let name = "pooled_\(UUID().uuidString.prefix(13).lowercased().replacing("-", with: "_"))"
        _ = try await server.psql("CREATE DATABASE \(name)")
        let url = server.url(name, options: "pooler=transaction", port: bouncer.port)
        let database = try await Database.open(postgres: url)
        try await conformance.check(database)
        await database.close()
    }
}
