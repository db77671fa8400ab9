import Roost
import RoostData
import RoostTesting
import Testing

@testable import RoostSQLite

/// Transactions that are committed together fail by themselves, and know nothing of each other.
@Suite(.timeLimit(.minutes(5))) struct CommitGroupTests {
    private let directory: TemporaryFolder
    private let schema = Migration(
        "0001_notes",
        """
        CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE);
        CREATE TABLE parents (id INTEGER PRIMARY KEY);
        CREATE TABLE late (id INTEGER PRIMARY KEY, parent INTEGER NOT NULL REFERENCES parents DEFERRABLE INITIALLY DEFERRED);
        CREATE TABLE prompt (id INTEGER PRIMARY KEY, parent INTEGER NOT NULL REFERENCES parents);
        CREATE TABLE traps (id INTEGER PRIMARY KEY);
        CREATE TRIGGER trap BEFORE INSERT ON traps BEGIN SELECT RAISE(ROLLBACK, 'trapped'); END;
        """)

    init() throws { directory = try TemporaryFolder() }

    private func open(_ limits: CommitLimits = .patient) async throws -> (Writer, Database) {
        let database = try await Database.open(directory.databaseURL(), migrations: [schema])
        let file = try SQLiteFile(SQLiteLocation(url: directory.databaseURL(), key: "DATABASE_URL"))
        return (Writer(file, timeout: .seconds(60), limits: limits) { try SQLiteConnection.open(file, for: .write) }, database)
    }

    private func texts(_ database: Database) async throws -> [String] {
        try await database.query("SELECT text FROM notes ORDER BY text").map { try $0.get("text") }
    }

    /// Runs work in transactions of one group, each in the order of the list.
    private func together(
        _ writer: Writer, _ bodies: [@Sendable (WriteSession) async throws -> Void]
    ) async throws -> [Result<Void, any Error>] {
        let gate = Gate(), begun = Gate()
        let first = Task {
            try await writer.transaction { _ in
                begun.open()
                await gate.wait()
            }
        }
        await begun.wait()
        var tasks: [Task<Void, any Error>] = []
        for body in bodies {
            tasks.append(Task { try await writer.transaction { try await body(WriteSession(unit: $0, writer: writer)) } })
            while writer.waitingCount != tasks.count { await Task.yield() }
        }
        gate.open()
        _ = await first.result
        var results: [Result<Void, any Error>] = []
        for task in tasks { results.append(await task.result) }
        return results
    }

    private func insert(_ text: String) -> Statement { Statement("INSERT INTO notes (text) VALUES ($1)", [.text(text)]) }

    private func code(_ result: Result<Void, any Error>) -> DatabaseError.Code? {
        if case .failure(let error) = result { (error as? DatabaseError)?.code } else { nil }
    }

    @Test func whoFailsFailsAlone() async throws {
        let (writer, database) = try await open()
        try await database.execute("INSERT INTO notes (text) VALUES ('there')")
        let results = try await together(
            writer,
            (0..<60).map { index in
                { session in
                    _ = try await session.run(insert("\(index)")) { _ in }
                    if index % 5 == 0 { _ = try await session.run(insert("there")) { _ in } }
                }
            })
        for (index, result) in results.enumerated() { #expect(code(result) == (index % 5 == 0 ? .uniqueViolation : nil)) }
        #expect(Set(try await texts(database)) == Set((0..<60).filter { $0 % 5 != 0 }.map(String.init) + ["there"]))
        await writer.close()
        await database.close()
    }

    @Test func thoseOfAGroupAreCommittedTogether() async throws {
        let (writer, database) = try await open()
        let results = try await together(
            writer,
            [
                { _ = try await $0.run(insert("quick")) { _ in } },
                { session in
                    _ = try await session.run(insert("other")) { _ in }
                    // The quick one has ended, and is not committed.
                    let stored = try await texts(database)
                    #expect(stored.isEmpty)
                },
            ])
        for result in results { try result.get() }
        #expect(try await texts(database) == ["other", "quick"])
        await writer.close()
        await database.close()
    }

    /// Others need not wait for a body that waits for something else and has changed nothing.
    @Test func othersAreCommittedWhileAReaderWaits() async throws {
        let (writer, database) = try await open(CommitLimits(age: .seconds(60), idle: .seconds(60)))
        let gate = Gate(), reads = Record<Int>()
        async let outcomes = together(
            writer,
            [
                { _ = try await $0.run(insert("quick")) { _ in } },
                { session in
                    let count = Statement("SELECT count(*) FROM notes")
                    reads.add(try await session.run(count) { try $0.next(Int.self) }.rows[0])
                    await gate.wait()
                    reads.add(try await session.run(count) { try $0.next(Int.self) }.rows[0])
                    _ = try await session.run(insert("reader")) { _ in }
                },
            ])
        try await eventually("the quick one is committed") { try await texts(database) == ["quick"] }
        gate.open()
        for result in try await outcomes { try result.get() }
        #expect(reads.all == [1, 1])
        #expect(try await texts(database) == ["quick", "reader"])
        await writer.close()
        await database.close()
    }

    @Test func whoWaitsTooLongIsUndoneAndTheOthersAreCommitted() async throws {
        let (writer, database) = try await open(CommitLimits(age: .seconds(60), idle: .seconds(3)))
        let gate = Gate()
        async let outcomes = together(
            writer,
            [
                { _ = try await $0.run(insert("quick")) { _ in } },
                { session in
                    _ = try await session.run(insert("slow")) { _ in }
                    await gate.wait()
                    _ = try await session.run(insert("late")) { _ in }
                },
                { _ = try await $0.run(insert("next")) { _ in } },
            ])
        try await eventually("the others are committed") { try await texts(database) == ["next", "quick"] }
        gate.open()
        let results = try await outcomes
        #expect(results.map(code) == [nil, .idleTransaction, nil])
        if case .failure(let error) = results[1] { #expect(FailureKind(of: error) == .transient) }
        #expect(try await texts(database) == ["next", "quick"])
        await writer.close()
        await database.close()
    }

    /// The engine ends the transaction of all because of one. The driver runs the others again.
    /// The engine would undo what others have written.
    @Test func aChangeThatIsOverdueTakesNobodyAlong() async throws {
        let (writer, database) = try await open()
        let results = try await together(
            writer,
            [
                { _ = try await $0.run(insert("quick")) { _ in } },
                { session in
                    var context = RequestContext()
                    context.deadline = .now + .milliseconds(500)
                    let many = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 8000000)"
                    try await context.run {
                        _ = try await session.run(Statement("\(many) INSERT INTO notes (text) SELECT 'slow' FROM n LIMIT 1 OFFSET 7999999"))
                        { _ in }
                    }
                },
            ])
        for result in results { try result.get() }
        #expect(try await texts(database) == ["quick", "slow"])
        await writer.close()
        await database.close()
    }

    @Test(arguments: ["INSERT OR ROLLBACK INTO notes (text) VALUES ('there')", "INSERT INTO traps VALUES (1)"])
    func whatOneOfThemLosesForAllCanBeRunAgain(statement: String) async throws {
        let (writer, database) = try await open()
        try await database.execute("INSERT INTO notes (text) VALUES ('there')")
        let results = try await together(
            writer,
            [
                { _ = try await $0.run(insert("before")) { _ in } },
                { session in
                    _ = try await session.run(insert("culprit")) { _ in }
                    _ = try? await session.run(Statement(statement)) { _ in }
                    _ = try await session.run(insert("outside of the transaction")) { _ in }
                },
                { _ = try await $0.run(insert("after")) { _ in } },
            ])
        #expect(throws: LostCommit.self) { try results[0].get() }
        #expect(code(results[1]) == .storage)
        try results[2].get()
        #expect(try await texts(database) == ["after", "there"])
        await writer.close()
        await database.close()
    }

    @Test func aDeferredViolationFailsOnlyItsOwn() async throws {
        let (writer, database) = try await open()
        let orphan = Statement("INSERT INTO late (parent) VALUES (7)")
        let results = try await together(
            writer,
            [
                { _ = try await $0.run(orphan) { _ in } },
                { _ = try await $0.run(insert("between")) { _ in } },
                { _ = try await $0.run(orphan) { _ in } },
                { session in
                    _ = try await session.run(orphan) { _ in }
                    _ = try await session.run(Statement("INSERT INTO parents VALUES (7)")) { _ in }
                },
            ])
        #expect(results.map(code) == [.foreignKeyViolation, nil, .foreignKeyViolation, nil])
        #expect(try await texts(database) == ["between"])
        #expect(try await database.query("SELECT * FROM late").count == 1)
        await writer.close()
        await database.close()
    }

    @Test func aSettingOfATransactionReachesNobodyElse() async throws {
        let (writer, database) = try await open()
        let orphan = Statement("INSERT INTO prompt (parent) VALUES (8)")
        let results = try await together(
            writer,
            [
                { session in
                    _ = try await session.run(Statement("PRAGMA defer_foreign_keys = ON")) { _ in }
                    _ = try await session.run(orphan) { _ in }
                    _ = try await session.run(Statement("DELETE FROM prompt")) { _ in }
                },
                { session in
                    await #expect(throws: DatabaseError.self) { try await session.run(orphan) { _ in } }
                },
            ])
        for result in results { try result.get() }
        await writer.close()
        await database.close()
    }

    @Test(arguments: ["COMMIT", "ROLLBACK", "BEGIN", "SAVEPOINT a", "RELEASE roost_unit", "ROLLBACK TO roost_unit", "END; BEGIN"])
    func aTextCannotEndATransaction(text: String) async throws {
        let (writer, database) = try await open()
        let results = try await together(
            writer,
            [
                { _ = try await $0.run(insert("before")) { _ in } },
                { session in
                    _ = try await session.run(insert("own")) { _ in }
                    await #expect(throws: DatabaseError.self) { try await session.run(Statement(text)) { _ in } }
                    await #expect(throws: DatabaseError.self) { try await session.run(script: text) }
                },
            ])
        for result in results { try result.get() }
        #expect(try await texts(database) == ["before", "own"])
        await writer.close()
        await database.close()
    }

    @Test func savepointsAreThoseOfTheBody() async throws {
        let (writer, database) = try await open()
        let results = try await together(
            writer,
            [
                { session in
                    _ = try await session.run(insert("kept")) { _ in }
                    try await session.savepoint(.set, named: "a \"b\"")
                    _ = try await session.run(insert("undone")) { _ in }
                    try await session.savepoint(.rollBack, named: "a \"b\"")
                    try await session.savepoint(.set, named: "left open")
                },
                { session in
                    for action in [SavepointAction.rollBack, .release] {
                        await #expect(throws: DatabaseError.self) { try await session.savepoint(action, named: "left open") }
                        await #expect(throws: DatabaseError.self) { try await session.savepoint(action, named: "roost_unit") }
                    }
                    _ = try await session.run(insert("second")) { _ in }
                },
            ])
        for result in results { try result.get() }
        #expect(try await texts(database) == ["kept", "second"])
        await writer.close()
        await database.close()
    }

    /// A migration turns foreign keys off, which must reach nobody who writes at the same time.
    @Test func aSchemaChangeSharesNoCommit() async throws {
        let (writer, database) = try await open(CommitLimits())
        try await withThrowingTaskGroup(of: Void.self) { group in
            for index in 0..<200 {
                group.addTask {
                    if index % 10 == 0 {
                        try await writer.transaction(changesSchema: true) { unit in
                            try await WriteSession(unit: unit, writer: writer).run(
                                script: "CREATE TABLE t\(index) (a); DROP TABLE t\(index)")
                        }
                    } else {
                        await #expect { try await writer.run(Statement("INSERT INTO prompt (parent) VALUES (9)")) { _ in } } throws: {
                            ($0 as? DatabaseError)?.code == .foreignKeyViolation
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(try await database.query("SELECT * FROM prompt").isEmpty)
        await writer.close()
        await database.close()
    }

    @Test func afterASchemaChangeThatFailsForeignKeysAreEnforced() async throws {
        let (writer, database) = try await open(CommitLimits())
        for script in ["CREATE TABLE t (a); no SQL at all", "INSERT INTO late (parent) VALUES (9)", "INSERT INTO traps VALUES (1)"] {
            await #expect(throws: DatabaseError.self) {
                try await writer.transaction(changesSchema: true) { unit in
                    try await WriteSession(unit: unit, writer: writer).run(script: script)
                }
            }
            await #expect { try await writer.run(Statement("INSERT INTO prompt (parent) VALUES (9)")) { _ in } } throws: {
                ($0 as? DatabaseError)?.code == .foreignKeyViolation
            }
        }
        await writer.close()
        await database.close()
    }

    /// Many short waits hold the others up as one long wait does.
    @Test func theWaitsOfABodyCountTogether() async throws {
        let (writer, database) = try await open(CommitLimits(age: .seconds(60), idle: .seconds(3)))
        await #expect {
            try await writer.transaction { unit in
                let session = WriteSession(unit: unit, writer: writer)
                _ = try await session.run(insert("slow")) { _ in }
                for _ in 0..<1000 {
                    // Ten of these reach the limit, and none does by itself.
                    try await Task.sleep(for: .milliseconds(20))
                    _ = try await session.run(Statement("SELECT 1")) { _ in }
                }
            }
        } throws: {
            ($0 as? DatabaseError)?.code == .idleTransaction
        }
        #expect(try await texts(database).isEmpty)
        await writer.close()
        await database.close()
    }

    @Test func theStreamOfATransactionEndsWithIt() async throws {
        let (writer, database) = try await open()
        for text in ["a", "b", "c"] { try await database.execute("INSERT INTO notes (text) VALUES (\(text))") }
        let portions = Record<[String]>()
        try await writer.transaction { unit in
            let session = WriteSession(unit: unit, writer: writer), read = Statement("SELECT text FROM notes ORDER BY text")
            try await session.stream(read, fetchSize: 2) {
                try $0.next(String.self)
            } _: { rows in
                portions.add(rows)
                // The same statement while the stream is open.
                let all = try await session.run(read) { try $0.next(String.self) }.rows
                #expect(all == ["a", "b", "c"])
            }
            await #expect(throws: CancellationError.self) {
                try await session.stream(read, fetchSize: 1) {
                    try $0.next(String.self)
                } _: { _ in
                    throw CancellationError()
                }
            }
        }
        #expect(portions.all == [["a", "b"], ["c"]])
        try await writer.transaction { unit in
            _ = try await WriteSession(unit: unit, writer: writer).run(script: "DROP TABLE notes")
        }
        await writer.close()
        await database.close()
    }
}
