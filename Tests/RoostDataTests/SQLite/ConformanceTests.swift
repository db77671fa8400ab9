import Roost
import RoostData
import RoostSQLite
import RoostSystemTesting
import Testing

@Suite(.timeLimit(.minutes(5))) struct ConformanceTests {
    private let directory: TemporaryFolder

    init() throws { directory = try TemporaryFolder() }

    @Test(arguments: DatabaseConformance.cases)
    func conforms(_ conformance: ConformanceCase<Database>) async throws {
        let database = try await Database.open(directory.databaseURL())
        try await conformance.check(database)
        await database.close()
    }
}
