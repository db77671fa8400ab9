import Roost
import RoostData
import RoostSQLite
import RoostSystemTesting
import Testing

@Suite(.timeLimit(.minutes(1))) struct ConformanceTests {
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    @Test(arguments: DatabaseConformance.cases)
    func conforms(_ conformance: ConformanceCase<Database>) async throws {
        let database = try await Database.open(directory.url())
        try await conformance.check(database)
        await database.close()
    }
}
