import Roost
import RoostData
import RoostSQLite
import RoostTesting
import TestTools
import Testing

/// What is logged of statements.
@Suite(.timeLimit(.minutes(5))) final class ObservationTests {
    private let directory: TemporaryFolder
    private let log = RecordedLog()
    private var warnings: [String] { log.lines.filter { $0.level == .warning }.map(\.text) }

    init() throws { directory = try TemporaryFolder() }

    private func open() async throws -> Database {
        let tables = Migration("0001_visits", "CREATE TABLE visits (person TEXT NOT NULL, day INTEGER NOT NULL, PRIMARY KEY (person, day))")
        return try await Database.open(directory.databaseURL(), migrations: [tables])
    }

    private func run<Result: Sendable>(_ body: () async throws -> Result) async throws -> Result {
        try await RequestContext(logger: log.logger).run(body)
    }

    @Test func aSlowStatementIsLoggedWithoutItsValues() async throws {
        let database = try await open().logging(slowerThan: .zero)
        try await run {
            try await database.insert(VisitRow(person: "secret", day: 1))
            try await database.transaction { try await $0.run(VisitRow.where { $0.person == "secret" }.delete()) }
            _ = try await database.fetch(VisitRow.where { $0.person == "secret" })
        }
        #expect(warnings.count == 3 && warnings.allSatisfy { $0.contains(" ms: ") && !$0.contains("secret") })
        #expect(zip(warnings, ["INSERT INTO", "DELETE FROM", "SELECT"]).allSatisfy { $0.contains($1) })
    }

    @Test func aFastStatementIsNotLogged() async throws {
        let database = try await open().logging(slowerThan: .seconds(3600))
        _ = try await run { try await database.fetch(VisitRow.all) }
        #expect(log.lines.isEmpty)
    }

    /// Calls an operation that runs a statement for each of a number of days.
    private func call(days: ClosedRange<Int>) async throws {
        let database = try await open()
        let call = CallInfo(try Route("visits.list", .get, "/visits"), .inbound, context: RequestContext(logger: log.logger))
        try await StatementCountInterceptor(warningAfter: 4).intercept(call) { call in
            try await call.context.run {
                for day in days { _ = try await database.fetch(VisitRow.where { $0.day == day }) }
            }
        }
    }

    @Test func aStatementForEachRowIsWarnedAboutOnce() async throws {
        try await call(days: 1...5)
        #expect(warnings.count == 1 && warnings[0].hasPrefix("A statement ran 5 times in one call."))
        #expect(log.lines.contains { $0.level == .debug && $0.text == "5 statements" })
    }

    @Test func aFewStatementsAreNotWarnedAbout() async throws {
        try await call(days: 1...4)
        #expect(warnings.isEmpty)
    }

    @Test func aPlanNamesTheIndexThatAQueryUses() async throws {
        let database = try await open()
        let plan = try await database.explain(VisitRow.where { $0.person == "Ada" })
        #expect(plan.contains("SEARCH visits USING") && plan.contains("INDEX"))
        #expect(try await database.explain(VisitRow.where { $0.day == 3 }).contains("SCAN visits"))
        #expect(try await database.explain(VisitRow.all.select { $0.day }).contains("SCAN visits"))
        try await database.execute("CREATE INDEX visits_of_day ON visits (day)")
        #expect(try await database.explain(VisitRow.where { $0.day == 3 }).contains("visits_of_day"))
    }
}
