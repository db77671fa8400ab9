import Foundation
import Roost
import RoostData
import RoostSQLite
import RoostTesting
import Testing

@Model("notes")
struct NoteRow: Hashable {
    @Key(isGenerated: true) var number = 0
    @Unique var title: String
    var text = ""
    var readers = 0
    @Version var version = 0
    @UpdatedAt var updatedAt: Date = Date(timeIntervalSince1970: 0)
    @DeletedAt var deletedAt: Date?
}

@Model("comments")
struct CommentRow: Hashable {
    @Key var id: UUID = .v7()
    @References(NoteRow.self) var note: NoteRow.ID
    var text: String
    @DeletedAt var deletedAt: Date?
}

/// What `@Key(isGenerated:)`, `@Version`, `@UpdatedAt` and `@DeletedAt` do in every way of reading and writing rows.
@Suite(.timeLimit(.minutes(5))) final class RoleTests {
    private let directory: TemporaryFolder
    private let clock = TestClock()

    init() throws { directory = try TemporaryFolder() }

    private func open() async throws -> Database {
        let tables = Migration(
            "0001_notes",
            """
            CREATE TABLE notes (
                number INTEGER PRIMARY KEY, title TEXT NOT NULL UNIQUE, text TEXT NOT NULL, readers INTEGER NOT NULL,
                version INTEGER NOT NULL, updated_at INTEGER NOT NULL, deleted_at INTEGER
            );
            CREATE TABLE comments (id TEXT PRIMARY KEY, note INTEGER NOT NULL REFERENCES notes, text TEXT NOT NULL, deleted_at INTEGER);
            """)
        return try await Database.open(directory.databaseURL(), migrations: [tables], clock: clock)
    }

    private func note(_ title: String, in database: Database) async throws -> NoteRow {
        try #require(try await database.first(NoteRow.where { $0.title == title }.includingDeleted()))
    }

    @Test func theEngineNumbersRows() async throws {
        let database = try await open()
        #expect(try await database.insert(NoteRow(title: "a"), returning: { $0.number }) == 1)
        #expect(try await database.insert(NoteRow(number: 9, title: "b"), returning: { $0.number }) == 2)
        #expect(try await database.insert([NoteRow(title: "c"), NoteRow(title: "d")], returning: { $0.number }) == [3, 4])
        #expect(try await database.insert(NoteRow(title: "a"), onConflict: .ignore, returning: { $0.number }) == nil)
        #expect(try await database.find(NoteRow.self, 2)?.title == "b")
    }

    @Test func everyChangeCountsAndIsDated() async throws {
        let database = try await open()
        try await database.insert(NoteRow(title: "a"))
        let first = try await note("a", in: database)
        #expect(first.version == 0 && first.updatedAt == Date(timeIntervalSince1970: 0))

        clock.advance(by: .seconds(5))
        try await database.run(NoteRow.where { $0.title == "a" }.update { $0.text.set("x") })
        let second = try await note("a", in: database)
        #expect(second.version == 1 && second.updatedAt == clock.now)

        clock.advance(by: .seconds(5))
        let third = try await database.update(second)
        #expect(third.version == 2 && third.updatedAt == clock.now)
        await #expect { try await database.update(second) } throws: { ($0 as? Problem)?.status == .conflict }
        let kept = try await note("a", in: database)
        #expect(kept == third)

        let returned = try await database.run(NoteRow.all.update { $0.readers += 1 }.returning { ($0.version, $0.readers) })
        #expect(returned.map(\.0) == [3] && returned.map(\.1) == [1])
        try await database.run(NoteRow.all.update { $0.version.set(10) })
        let own = try await note("a", in: database)
        #expect(own.version == 10)
    }

    @Test func aConflictCountsAsAChange() async throws {
        let database = try await open()
        try await database.insert(NoteRow(title: "a", version: 4))
        let new = NoteRow(title: "a", text: "new", version: 0)
        let rules: [ConflictRule<NoteRow>] = [
            .replace { $0.text }.on { $0.title }, .update { row, _ in row.readers += 1 }.on { $0.title },
            .update { $0.text = $1.text }.on { $0.title },
            .replaceRow.on { $0.title },
        ]
        for (index, rule) in rules.enumerated() {
            clock.advance(by: .seconds(1))
            try await database.insert(new, onConflict: rule)
            let row = try await note("a", in: database)
            #expect(row.version == 5 + index && row.updatedAt == clock.now && row.text == "new" && row.number == 1)
        }
        try await database.insert(new, onConflict: .ignore)
        #expect(try await database.insert(new, onConflict: .replace { $0.text }.on { $0.title }.where { $0.text != $1.text }) == false)
        await #expect { try await database.insert(new, onConflict: .fail.on { $0.title }) } throws: {
            ($0 as? DatabaseError)?.code == .uniqueViolation
        }
        let row = try await note("a", in: database)
        #expect(row.version == 8)
    }

    @Test func theNewRowsValueIsTakenWhenItIsAssigned() async throws {
        let database = try await open()
        try await database.insert(NoteRow(title: "a", text: "old", readers: 2))
        try await database.insert(
            NoteRow(title: "a", text: "new", readers: 5),
            onConflict: .update {
                $0.text = $1.text; $0.readers = $0.readers + $1.readers
            }.on { $0.title })
        let row = try await note("a", in: database)
        #expect(row.text == "new" && row.readers == 7)
    }

    @Test func deletedRowsAreKeptAndNotFound() async throws {
        let database = try await open()
        try await database.insert([NoteRow(title: "a"), NoteRow(title: "b")])
        let numbers = try await database.fetch(NoteRow.all.order { $0.title }.select { $0.number })
        try await database.insert(numbers.flatMap { number in ["x", "y"].map { CommentRow(note: number, text: $0) } })
        clock.advance(by: .seconds(5))
        let a = try await note("a", in: database)
        #expect(try await database.delete(a))
        #expect(try await !database.delete(a))
        try await database.run(CommentRow.where { $0.text == "x" }.delete())

        let kept = try await note("a", in: database)
        #expect(kept.deletedAt == clock.now && kept.updatedAt == clock.now && kept.version == 1)
        #expect(try await database.find(NoteRow.self, a.number) == nil)
        #expect(try await database.fetch(NoteRow.all).map(\.title) == ["b"])
        #expect(try await database.fetch(NoteRow.all.select { $0.title }) == ["b"])
        #expect(try await database.count(NoteRow.all) == 1)
        #expect(try await database.count(NoteRow.all.includingDeleted()) == 2)
        #expect(try await database.count(NoteRow.all.includingDeleted().limit(1)) == 1)
        #expect(try await !database.exists(NoteRow.where { $0.title == "a" }))
        #expect(try await database.fetch(NoteRow.all.page()).rows.map(\.title) == ["b"])
        #expect(try await database.run(NoteRow.all.update { $0.text.set("t") }) == 1)
        await #expect { try await database.update(a) } throws: { ($0 as? Problem)?.status == .conflict }

        let pairs = try await database.fetch(NoteRow.all.join(CommentRow.self) { $0.number == $1.note })
        #expect(pairs.map { "\($0.0.title)\($0.1.text)" } == ["by"])
        let families = try await database.fetch(NoteRow.all.includingDeleted().order { $0.title }.including(CommentRow.all) { $0.note })
        #expect(families.map { "\($0.0.title)\($0.1.map(\.text))" } == [#"a["y"]"#, #"b["y"]"#])
        let rest = try await database.fetch(CommentRow.where { $0.note.isIn(NoteRow.all.select { $0.number }) })
        #expect(rest.map(\.text) == ["y"])
    }

    @Test func deletedRowsComeBackOrAreRemoved() async throws {
        let database = try await open()
        try await database.insert([NoteRow(title: "a"), NoteRow(title: "b")])
        try await database.run(NoteRow.where { $0.title == "a" }.delete())
        let deleted = NoteRow.where { $0.deletedAt != nil }.includingDeleted()
        #expect(try await database.run(deleted.update { $0.deletedAt.set(nil) }) == 1)
        #expect(try await database.count(NoteRow.all) == 2)
        try await database.run(NoteRow.where { $0.title == "a" }.delete())
        #expect(try await database.run(deleted.delete(permanently: true)) == 1)
        #expect(try await database.run(NoteRow.all.delete(permanently: true)) == 1)
        #expect(try await database.count(NoteRow.all.includingDeleted()) == 0)
    }
}
