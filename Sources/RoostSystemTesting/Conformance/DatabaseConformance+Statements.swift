import Roost
import RoostData
import RoostTesting

extension DatabaseConformance {
    static let statements: [ConformanceCase<Database>] = [
        .init("reports how many rows a statement changed", counts),
        .init("returns the rows that RETURNING names", returnsRows),
        .init("binds lists of any length", bindsLists),
        .init("runs a batch up to the first error", runsBatches),
        .init("tells the violations of constraints apart", mapsViolations),
        .init("refuses a statement that is wrong for good", refusesMistakes),
        .init("ends a statement at the deadline of its call", endsOverdue),
    ]

    private static func counts(_ database: Database) async throws {
        try await createNotes(database)
        let inserted = try await database.execute("INSERT INTO notes (id, text) VALUES (1, \("a")), (2, \("b")), (3, \("c"))")
        try require(inserted == 3, "inserted rows are counted")
        try require(try await database.execute("UPDATE notes SET text = \("d") WHERE id = \(2)") == 1, "updated rows are counted")
        try require(
            try await database.execute("UPDATE notes SET text = \("e") WHERE id = \(9)") == 0, "a change that finds no row counts none")
        try require(try await database.execute("DELETE FROM notes WHERE id > \(1)") == 2, "deleted rows are counted")
    }

    private static func returnsRows(_ database: Database) async throws {
        try await createNotes(database)
        let rows = try await database.returning("INSERT INTO notes (id, text) VALUES (1, \("a")), (2, \("b")) RETURNING id, text AS name")
        try require(rows.map(\.columns) == [["id", "name"], ["id", "name"]], "columns have their names")
        try require(try rows.map { try $0.get("name", as: String.self) }.sorted() == ["a", "b"], "each row is returned")
        try require(try await database.first("SELECT id FROM notes WHERE id = \(9)") == nil, "without rows, the first row is nil")
    }

    private static func bindsLists(_ database: Database) async throws {
        try await createNotes(database)
        for id in 1...40 { try await add(id, "\(id)", to: database) }
        for count in [1, 2, 3, 31, 33, 1023, 1025, 20_000] {
            let ids = Array(1..<count + 1), known = min(count, 40)
            let found = try await database.query("SELECT id FROM notes WHERE id IN \(ids)").count
            try require(found == known, "a list of \(count) holds what it holds")
            let others = try await database.query("SELECT id FROM notes WHERE id NOT IN \(ids)").count
            try require(others == 40 - known, "a list of \(count) holds nothing else")
        }
        try require(try await database.query("SELECT id FROM notes WHERE text IN \([String]())").isEmpty, "nothing is in an empty list")
        try require(
            try await database.query("SELECT id FROM notes WHERE id NOT IN \([Int]())").count > 0, "every number is not in an empty list")
    }

    private static func runsBatches(_ database: Database) async throws {
        try await createNotes(database)
        var batch = Batch()
        batch.execute("INSERT INTO notes (id, text) VALUES (1, \("a")), (2, \("b"))")
        batch.execute("UPDATE notes SET text = \("c") WHERE id = 2")
        batch.execute("DELETE FROM notes WHERE id = 9")
        try require(try await database.run(batch) == [2, 1, 0], "each statement tells what it changed")
        var failing = Batch()
        failing.execute("DELETE FROM notes WHERE id = 1")
        failing.execute("INSERT INTO notes (id, text) VALUES (3, \("c"))")
        failing.execute("DELETE FROM notes")
        try await refuses(.uniqueViolation, "the error of a statement is thrown") { try await database.run(failing) }
        try require(try await texts(database) == ["a", "c"], "a batch that fails changes nothing")
    }

    private static func mapsViolations(_ database: Database) async throws {
        try await createNotes(database)
        try await add(1, "a", to: database)
        try await database.execute("INSERT INTO marks (id, note) VALUES (1, 1)")
        let violations: [(SQL, DatabaseError.Code)] = [
            ("INSERT INTO notes (id, text) VALUES (1, 'b')", .uniqueViolation),
            ("INSERT INTO notes (id, text) VALUES (2, 'a')", .uniqueViolation),
            ("INSERT INTO notes (id, text) VALUES (2, NULL)", .notNullViolation), ("UPDATE notes SET text = NULL", .notNullViolation),
            ("INSERT INTO notes (id, text) VALUES (2, 'forbidden')", .checkViolation),
            ("INSERT INTO marks (id, note) VALUES (2, 9)", .foreignKeyViolation), ("DELETE FROM notes", .foreignKeyViolation),
        ]
        for (statement, code) in violations {
            try await refuses(code, "a violation has the code \(code.rawValue)") { try await database.execute(statement) }
        }
        try require(try await texts(database) == ["a"], "a statement that fails changes nothing")
    }

    private static func refusesMistakes(_ database: Database) async throws {
        for statement: SQL in ["SELECT * FROM nowhere", "no SQL at all", "INSERT INTO nowhere VALUES (1)"] {
            do {
                try await database.execute(statement)
                try require(false, "a mistake is an error")
            } catch let error as DatabaseError {
                try require(error.code == .engine, "the code of a mistake is engine")
                try require(FailureKind(of: error) == .permanent, "another attempt is of no use")
            }
        }
    }

    /// Runs for hours at least, and needs no room: it only counts.
    private static let endless: SQL =
        "SELECT count(*) AS n FROM notes a, notes b, notes c, notes d, notes e WHERE a.id + b.id + c.id + d.id + e.id < 0"

    private static func endsOverdue(_ database: Database) async throws {
        try await createNotes(database)
        try await database.transaction { for id in 1...300 { try await add(id, "\(id)", to: $0) } }
        try await expires { _ = try await database.query(endless) }
        do {
            try await database.read { snapshot in try await expires { _ = try await snapshot.query(endless) } }
            // The connection may be given up with its statement.
        } catch let error where !(error is ConformanceFailure) {}
        // The transaction may be lost by that, but not a part of it.
        let isCommitted: Bool
        do {
            try await database.transaction { transaction in
                try await add(1001, "before", to: transaction)
                try await expires { _ = try await transaction.query(endless) }
                try await add(1002, "after", to: transaction)
            }
            isCommitted = true
        } catch let error where !(error is ConformanceFailure) {
            isCommitted = false
        }
        try await refusesOverdue(database)
        let notes = try await eventually("the next statement succeeds") { () -> [String]? in
            do { return try await texts(database) } catch let problem as Problem where problem.status == .unavailable { return nil }
        }.dropFirst(300)
        try require(Array(notes) == (isCommitted ? ["before", "after"] : []), "a transaction is there as a whole or not at all")
        try await add(2000, "next", to: database)
        try require(try await texts(database).last == "next", "the next statement succeeds")
    }

    /// A transaction that ends with its statement, and a change that does not come to its end, change nothing.
    private static func refusesOverdue(_ database: Database) async throws {
        try await expires {
            try await database.transaction { transaction in
                try await add(1003, "undone", to: transaction)
                _ = try await transaction.query(endless)
            }
        }
        try await expires {
            try await database.execute(
                """
                INSERT INTO notes (id, text) SELECT 3000 + a.id, 'late' FROM notes a, notes b, notes c, notes d, notes e
                WHERE a.id + b.id + c.id + d.id + e.id < 0
                """)
        }
    }

    /// Requires that work which takes for ever ends at the deadline of its call.
    private static func expires(_ work: () async throws -> Void) async throws {
        for _ in 1...20 {
            var context = RequestContext()
            context.deadline = .now + .milliseconds(200)
            do {
                // Nothing else ends it: the task is not cancelled.
                try await context.run(work)
                return try require(false, "a statement ends at the deadline")
            } catch let problem as Problem {
                // On a busy machine, the time may be over before there is a connection.
                if problem.status == .unavailable { continue }
                return try require(problem.status == .gatewayTimeout, "the problem's status is 504")
            }
        }
        try require(false, "there is a connection for a statement")
    }
}
