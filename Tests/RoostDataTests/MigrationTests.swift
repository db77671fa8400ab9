import Foundation
import Roost
import RoostData
import Testing

@Suite struct MigrationTests {
    private let directory: TemporaryDirectory
    private let first = Migration("0001_first", "CREATE TABLE one (id INTEGER); CREATE TABLE two (id INTEGER);")

    init() throws { directory = try TemporaryDirectory() }

    @Test func eachIsAppliedOnceInOrder() async throws {
        let second = Migration("0002_second", "INSERT INTO one VALUES (1)")
        for _ in 0..<2 {
            let database = try await Database.open(directory.url(), migrations: [first, second])
            #expect(try await database.query("SELECT * FROM one").count == 1)
            await database.close()
        }
    }

    @Test func processesMayApplyThemTogether() async throws {
        let url = directory.url(), migrations = [first, Migration("0002_second", "INSERT INTO one VALUES (1)")]
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<4 { group.addTask { try await Database.open(url, migrations: migrations).close() } }
            try await group.waitForAll()
        }
        let database = try await Database.open(url)
        #expect(try await database.query("SELECT * FROM one").count == 1)
    }

    @Test func aChangedOneIsNamed() async throws {
        try await Database.open(directory.url(), migrations: [first]).close()
        await #expect {
            try await Database.open(directory.url(), migrations: [Migration("0001_first", "CREATE TABLE three (id INTEGER)")])
        } throws: {
            "\($0)".contains("0001_first was changed")
        }
    }

    @Test func oneThatFailsIsNamedAndLeavesNothing() async throws {
        let broken = Migration("0002_broken", "CREATE TABLE three (id INTEGER); CREATE TABLE one (id INTEGER);")
        await #expect {
            try await Database.open(directory.url(), migrations: [first, broken])
        } throws: {
            ($0 as? DatabaseError)?.code == .migration && "\($0)".contains("0002_broken")
        }
        let database = try await Database.open(directory.url(), migrations: [first])
        await #expect(throws: DatabaseError.self) { try await database.query("SELECT * FROM three") }
    }

    @Test func aDirectoryIsReadInOrder() throws {
        for (name, sql) in [("0002_b.sql", "B"), ("0001_a.sql", "A"), ("README.md", "no migration")] {
            try Data(sql.utf8).write(to: URL(fileURLWithPath: "\(directory.path)/\(name)"))
        }
        #expect(try Migration.load(from: URL(fileURLWithPath: directory.path)) == [Migration("0001_a", "A"), Migration("0002_b", "B")])
        try Data("C".utf8).write(to: URL(fileURLWithPath: "\(directory.path)/third.sql"))
        #expect {
            try Migration.load(from: URL(fileURLWithPath: directory.path))
        } throws: {
            "\($0)".contains("third.sql must be named like 0001_name.sql")
        }
        #expect(throws: ConfigurationError.self) { try Migration.load(from: URL(fileURLWithPath: directory.path + "/nowhere")) }
    }
}
