import Roost
import RoostData
import RoostPostgres
import RoostSystemTesting
import TestTools
import Testing

@Suite(.timeLimit(.minutes(2))) struct ConformanceTests {
    @Test(arguments: DatabaseConformance.cases)
    func conforms(_ conformance: ConformanceCase<Database>) async throws {
        let database = try await Database.open(postgres: PostgresServer.shared().url())
        try await conformance.check(database)
        await database.close()
    }
}
