import Foundation
import Roost
import RoostTesting
import Testing

@testable import RoostData

@Suite struct MigrationFolderTests {
    private let directory: TemporaryFolder

    init() throws { directory = try TemporaryFolder() }

    private func write(_ files: [String: String]) throws {
        for (name, text) in files {
            let file = URL(filePath: "\(directory.path)/\(name)")
            try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(text.utf8).write(to: file)
        }
    }

    private func load() throws(ConfigurationError) -> [Migration] { try Migration.load(from: URL(filePath: directory.path)) }

    private func schema(after parent: String?, _ content: String) -> String {
        "{\"parent\": \(parent.map { "\"\($0)\"" } ?? "null"), \"x\": \"\(content)\"}"
    }

    @Test func thoseWithoutASchemaComeInTheOrderOfTheirNames() throws {
        try write(["0002_b/up.sql": "B", "0001_a/up.sql": "A", "README.md": "no migration", "0001_a/down.sql": "undo"])
        let migrations = try load()
        #expect(migrations.map(\.name) == ["0001_a", "0002_b"])
        #expect(migrations[0].up.text(for: .sqlite) == "A")
        #expect(migrations[0].down.text(for: .postgres) == "undo")
        #expect(migrations[1].down.text(for: .sqlite) == nil)
    }

    @Test func anEnginesOwnStatementsAreUsedBeforeTheSharedOnes() throws {
        try write(["0001_a/sqlite.up.sql": "S", "0001_a/up.sql": "A"])
        let migration = try #require(try load().first)
        #expect(migration.up.text(for: .sqlite) == "S")
        #expect(migration.up.text(for: .postgres) == "A")
    }

    @Test func thoseWithASchemaFollowTheirParents() throws {
        let first = schema(after: nil, "first"), second = schema(after: MigrationScript.hash(first), "second")
        try write([
            "20261125T0900_second/up.sql": "2", "20261125T0900_second/schema.json": second,
            "20261125T1000_first/up.sql": "1", "20261125T1000_first/schema.json": first, "0001_old/up.sql": "0",
        ])
        #expect(try load().map(\.name) == ["0001_old", "20261125T1000_first", "20261125T0900_second"])
    }

    @Test func twoThatFollowTheSameOneAreNamed() throws {
        let first = schema(after: nil, "first"), parent = MigrationScript.hash(first)
        try write([
            "1_first/up.sql": "", "1_first/schema.json": first,
            "2_a/up.sql": "", "2_a/schema.json": schema(after: parent, "a"),
            "2_b/up.sql": "", "2_b/schema.json": schema(after: parent, "b"),
        ])
        #expect { try load() } throws: { "\($0)".contains("2_a and 2_b follow the same one: run `migrate merge`") }
        #expect(MigrationOrder(try Migration.folders(in: URL(filePath: directory.path))).heads.map(\.name) == ["2_a", "2_b"])
    }

    @Test(arguments: [
        ("0001_a.sql", "move the file to 0001_a/up.sql"), ("0001_a/down.sql", "has no up.sql"), ("a/up.sql", "must be named like"),
        ("0001_A/up.sql", "must be named like"), ("0001_a/notes.txt", "is not a file of a migration"),
        ("1_a/schema.json", "has no up.sql"),
    ])
    func whatIsNoMigrationIsNamed(file: String, message: String) throws {
        try write([file: ""])
        #expect { try load() } throws: { "\($0)".contains(message) }
    }

    @Test func whatFollowsNothingIsNamed() throws {
        try write(["1_a/up.sql": "", "1_a/schema.json": schema(after: "abc", "a")])
        #expect { try load() } throws: { "\($0)".contains("1_a follows one that is missing") }
        #expect(throws: ConfigurationError.self) { try Migration.load(from: URL(filePath: directory.path + "/nowhere")) }
    }

    @Test func wordsOfSQLHaveNoCommentsAndNoLiterals() {
        #expect(
            SQLText.words("SELECT 'it''s -- x' /* a */, \"odd \"\"name\" -- end\nFROM t;")
                == ["SELECT", "''", ",", "\"odd \"\"name\"", "FROM", "t", ";"])
        #expect(SQLText.concurrentIndex(of: "-- x\nCREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS a_b ON a (b)") == "a_b")
        #expect(SQLText.concurrentIndex(of: "CREATE INDEX a_b ON a (b)") == nil)
        #expect("-- nothing\n".isBlank)
    }
}
