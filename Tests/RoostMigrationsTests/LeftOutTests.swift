import Foundation
import Roost
import RoostData
import Testing

@testable import RoostMigrations

/// What was written by hand, and needs something that is dropped or left out.
@Suite struct LeftOutTests {
    /// Makes the tables, adopts them, and applies that.
    /// - Parameters:
    ///   - check: The check of the books' names.
    ///   - objects: What is written by hand on SQLite.
    ///   - postgres: The same on PostgreSQL.
    private func begin(_ objects: String, postgres: String = "", check: String = "", on engine: Engine = .sqlite) async throws -> Workshop {
        let workshop = try Workshop(on: engine)
        func tables(_ id: String) -> String {
            """
            CREATE TABLE books (id \(id) PRIMARY KEY, name TEXT NOT NULL\(check), note TEXT);
            CREATE TABLE extra (id \(id) PRIMARY KEY, title TEXT NOT NULL);
            CREATE TABLE log (line TEXT);

            """
        }
        try workshop.write("0001_tables", tables("TEXT") + objects, postgres: tables("uuid") + postgres)
        try await workshop.make("adopt", Library.models)
        try await workshop.using { _ in }
        return workshop
    }

    /// Applies the migrations, then one that rebuilds the table of books, and one that renames it. A view or a trigger that does not work makes
    /// SQLite refuse these.
    private func checkLaterChanges(in workshop: Workshop, besides others: [any Model.Type] = []) async throws {
        try await workshop.using { _ in }
        try await workshop.make("strict", [Library.StrictRow.self] + others)
        try await workshop.using { _ in }
        try await workshop.make("move", [Library.VolumeRow.self] + others, renames: ["books=volumes"])
        try await workshop.using { (database) async throws in
            #expect(try await workshop.maker([Library.VolumeRow.self] + others).drift(of: database) == [])
            try await database.insert(Library.VolumeRow(name: "Emma"))
        }
    }

    @Test(arguments: Engine.allCases)
    func whatHangsOnSomethingLeftOutIsLeftOut(engine: Engine) async throws {
        let views = """
            CREATE VIEW titles AS SELECT title FROM extra;
            CREATE VIEW long_titles AS SELECT title FROM titles WHERE length(title) > 3;
            CREATE VIEW names AS SELECT name FROM books;

            """
        let workshop = try await begin(
            views + """
                CREATE TRIGGER titled INSTEAD OF INSERT ON titles BEGIN INSERT INTO books (id, name) VALUES (new.title, new.title); END;
                CREATE TRIGGER logged AFTER INSERT ON log BEGIN INSERT INTO extra VALUES (new.line, new.line); END;
                CREATE TRIGGER named AFTER INSERT ON log BEGIN INSERT INTO books (id, name) SELECT new.line, new.line FROM names; END;
                """, postgres: views, on: engine)
        let drafts = try await workshop.make("drop", [Library.BookRow.self], drops: ["extra"])
        #expect(
            drafts[0].warnings == [
                "the view titles is left out: it needs extra, which is dropped",
                "the view long_titles is left out: it needs titles, which is left out",
                "the trigger titled is left out: it needs titles, which is left out",
                "the trigger logged is left out: it needs extra, which is dropped",
            ])
        let comment = """
            -- the view titles is left out: it needs extra, which is dropped
            --     CREATE VIEW titles AS SELECT title FROM extra
            """
        #expect(drafts[0].files["sqlite.up.sql"]?.contains(comment) == true)
        try await workshop.make("noteless", [Library.NotelessRow.self], drops: ["books.note"])
        try await checkLaterChanges(in: workshop)
        try await workshop.using { (database) async throws in
            #expect(try await database.query("SELECT name FROM names").count == 1)
            guard engine == .sqlite else { return }
            try await database.execute("INSERT INTO log VALUES ('one')")
            #expect(try await database.query("SELECT name FROM names").count == 2)
        }
    }

    @Test(arguments: [true, false])
    func whatNeedsADroppedColumnIsLeftOut(hasCheck: Bool) async throws {
        let workshop = try await begin(
            """
            CREATE VIEW everything AS SELECT * FROM books;
            CREATE VIEW notes AS SELECT note FROM everything;
            CREATE VIEW quoted AS SELECT "note" FROM books;
            CREATE TRIGGER noted AFTER INSERT ON log BEGIN UPDATE books SET note = new.line; END;
            CREATE TRIGGER added AFTER INSERT ON log BEGIN INSERT INTO books (id, name, note) VALUES (1, 'a', 'b'); END;
            CREATE TRIGGER counted AFTER UPDATE OF note ON books BEGIN INSERT INTO log VALUES ('note'); END;
            CREATE TRIGGER logged AFTER INSERT ON books BEGIN INSERT INTO log VALUES (new.name); END;
            """, check: hasCheck ? " CHECK (name <> note)" : "")
        let drafts = try await workshop.make("noteless", [Library.NotelessRow.self, Library.ExtraRow.self], drops: ["books.note"])
        let why = "is left out: it needs books.note, which is dropped"
        #expect(
            drafts[0].warnings.filter { !$0.contains("PostgreSQL") } == (hasCheck ? ["the check (name <> note) of books \(why)"] : []) + [
                "the view notes \(why)", "the view quoted \(why)", "the trigger noted \(why)", "the trigger added \(why)",
                "the trigger counted \(why)",
            ])
        #expect(drafts[0].files.values.contains { $0.contains("roost_new_books") } == hasCheck)
        try await checkLaterChanges(in: workshop, besides: [Library.ExtraRow.self])
        try await workshop.using { (database) async throws in
            #expect(try await database.query("SELECT name FROM everything").count == 1)
            #expect(try await database.query("SELECT line FROM log").map(\.values) == [[.text("Emma")]])
        }
    }

    /// PostgreSQL does not let go of a column that a view has, even if no word of the view says so.
    @Test func whatPostgreSQLRefusesIsSaid() async throws {
        let view = "CREATE VIEW everything AS SELECT * FROM books;"
        let workshop = try await begin(view, postgres: view, on: .postgres), models: [any Model.Type] = [Library.NotelessRow.self]
        let drafts = try await workshop.make("noteless", models + [Library.ExtraRow.self], drops: ["books.note"])
        #expect(
            drafts[0].warnings == [
                """
                the view everything may have the column books.note, which is dropped: if so, PostgreSQL refuses that until the view is dropped by \
                hand at the beginning of the migration, and created again at its end
                """
            ])
        let file = workshop.folder.appending(path: "\(drafts[0].name)/postgres.up.sql"), shared = drafts[0].files["up.sql"] ?? ""
        try Data("DROP VIEW everything;\n\(drafts[0].files["postgres.up.sql"] ?? shared)\n\(view)\n".utf8).write(to: file)
        try await workshop.using { (database) async throws in
            #expect(try await workshop.maker(models + [Library.ExtraRow.self]).drift(of: database) == [])
        }
    }

    @Test(arguments: Engine.allCases)
    func whatOnlyHasTheSameNameIsKept(engine: Engine) async throws {
        let objects = """
            CREATE VIEW shown AS SELECT name AS extra, 'note' AS note FROM books;
            CREATE INDEX note ON books (name) WHERE name <> '';
            """
        let workshop = try await begin(objects, postgres: objects, on: engine)
        let drafts = try await workshop.make("drop", [Library.NotelessRow.self], drops: ["extra", "books.note"])
        #expect(drafts[0].warnings == [])
        try await workshop.using { (database) async throws in
            #expect(try await database.query("SELECT extra FROM shown").isEmpty)
            let index: SQL =
                engine == .sqlite ? "SELECT 1 FROM sqlite_master WHERE name = 'note'" : "SELECT 1 FROM pg_class WHERE relname = 'note'"
            #expect(try await database.query(index).count == 1)
        }
        guard engine == .sqlite else { return }
        try await checkLaterChanges(in: workshop)
        try await workshop.using { (database) async throws in
            #expect(try await database.query("SELECT extra FROM shown").count == 1)
        }
    }

    /// A check belongs to the column whose definition has it, even if it is written like that of another.
    @Test func aCheckOfAnotherColumnIsNotThatOfTheModel() async throws {
        let rule = "length(name) >= 1 AND length(name) <= 20"
        let workshop = try Workshop()
        try workshop.write(
            "0001_tables", "CREATE TABLE books (id TEXT PRIMARY KEY, name TEXT NOT NULL CHECK (\(rule)), note TEXT CHECK (\(rule)));")
        try await workshop.make("adopt", [Library.StrictNotedRow.self])
        let drafts = try await workshop.make("nameless", [Library.NamelessRow.self], drops: ["books.name"])
        #expect(drafts[0].warnings == ["the check (\(rule)) of books is left out: it needs books.name, which is dropped"])
        try await workshop.using { (database) async throws in
            #expect(try await workshop.maker([Library.NamelessRow.self]).drift(of: database) == [])
        }
    }

    /// Such a view would make every later change fail as well.
    @Test func aViewThatDidNotWorkBeforeIsNamed() async throws {
        let workshop = try await begin("CREATE VIEW lost AS SELECT absent FROM books;")
        await #expect {
            try await workshop.make("move", [Library.MovedRow.self, Library.ExtraRow.self], renames: ["books=volumes"])
        } throws: {
            "\($0)".contains("SQLite refuses the change, after all earlier migrations: error in view lost: no such column: absent")
        }
    }
}

/// Books, and what becomes of them.
private enum Library {
    @Model("books")
    struct BookRow {
        @Key var id: UUID = .v7()
        var name: String
        var note: String?
    }

    @Model("extra")
    struct ExtraRow {
        @Key var id: UUID = .v7()
        var title: String
    }

    @Model("books")
    struct NotelessRow {
        @Key var id: UUID = .v7()
        var name: String
    }

    @Model("books")
    struct StrictRow {
        @Key var id: UUID = .v7()
        @Check(.length(1...20)) var name: String
    }

    @Model("volumes")
    struct VolumeRow {
        @Key var id: UUID = .v7()
        @Check(.length(1...20)) var name: String
    }

    @Model("books")
    struct StrictNotedRow {
        @Key var id: UUID = .v7()
        @Check(.length(1...20)) var name: String
        var note: String?
    }

    @Model("books")
    struct NamelessRow {
        @Key var id: UUID = .v7()
        var note: String?
    }

    @Model("volumes")
    struct MovedRow {
        @Key var id: UUID = .v7()
        var name: String
        var note: String?
    }

    static let models: [any Model.Type] = [BookRow.self, ExtraRow.self]
}
