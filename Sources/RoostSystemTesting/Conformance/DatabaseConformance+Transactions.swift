import Roost
import RoostData
import RoostTesting

extension DatabaseConformance {
    static let transactions: [ConformanceCase<Database>] = [
        .init("commits a transaction when its body returns", commits),
        .init("undoes a transaction whose body throws", rollsBack),
        .init("undoes a transaction whose task is cancelled", rollsBackOnCancellation),
        .init("undoes what happened since a savepoint, and continues", savepoints),
        .init("refuses a transaction inside another one", refusesNesting),
        .init("ends the use of a transaction with its body", endsUse),
        .init("signals a channel after the commit", signals),
    ]

    private static func commits(_ database: Database) async throws {
        try await createNotes(database)
        let events = Observed<[String]>([]), commits = database.commits()
        let count = try await database.transaction { transaction in
            transaction.onCommit { events.change { $0.append("committed") } }
            try await add(1, "a", to: transaction)
            try await add(2, "b", to: transaction)
            try require(try await texts(transaction) == ["a", "b"], "a transaction sees its own changes")
            events.change { $0.append("body") }
            return 2
        }
        try require(count == 2, "the result of the body is returned")
        try require(try await texts(database) == ["a", "b"], "its changes are there")
        try require(events.read { $0 } == ["body", "committed"], "actions run after the commit")
        for await _ in commits { break }
    }

    private static func rollsBack(_ database: Database) async throws {
        try await createNotes(database)
        let events = Observed<[String]>([])
        do {
            try await database.transaction { transaction in
                transaction.onCommit { events.change { $0.append("committed") } }
                try await add(1, "a", to: transaction)
                throw Refusal()
            }
            try require(false, "the error of the body is thrown")
        } catch is Refusal {}
        try require(try await texts(database).isEmpty, "its changes are undone")
        try require(events.read { $0.isEmpty }, "actions for the commit do not run")
        try await add(1, "after", to: database)
        try require(try await texts(database) == ["after"], "the database can be used afterwards")
    }

    private static func rollsBackOnCancellation(_ database: Database) async throws {
        try await createNotes(database)
        let isInserted = Observed(false)
        let task = Task {
            try await database.transaction { transaction in
                try await add(1, "a", to: transaction)
                isInserted.change { $0 = true }
                try await Task.sleep(for: .seconds(600))
            }
        }
        try await isInserted.wait(for: "the row is inserted") { $0 ? () : nil }
        task.cancel()
        do {
            try await task.value
            try require(false, "a cancelled transaction does not succeed")
        } catch is CancellationError {}
        try require(try await texts(database).isEmpty, "its changes are undone")
    }

    private static func savepoints(_ database: Database) async throws {
        try await createNotes(database)
        try await database.transaction { transaction in
            try await add(1, "a", to: transaction)
            try await refuses(.uniqueViolation, "the error of the work is thrown") {
                try await transaction.savepoint {
                    try await add(2, "b", to: transaction)
                    try await add(3, "a", to: transaction)
                }
            }
            try await transaction.savepoint {
                try await add(4, "d", to: transaction)
                do {
                    try await transaction.savepoint {
                        try await add(5, "e", to: transaction)
                        throw Refusal()
                    }
                } catch is Refusal {}
                try await add(6, "f", to: transaction)
            }
        }
        try require(try await texts(database) == ["a", "d", "f"], "only what happened since the savepoint is undone")
    }

    private static func refusesNesting(_ database: Database) async throws {
        try await createNotes(database)
        try await database.transaction { transaction in
            try await refuses(.nestedTransaction, "a transaction inside another one is refused") {
                try await database.transaction { _ in }
            }
            try await refuses(.nestedTransaction, "a statement beside the transaction is refused") {
                _ = try await database.query("SELECT 1 AS one")
            }
            try await add(1, "a", to: transaction)
        }
        try require(try await texts(database) == ["a"], "the transaction can continue")
    }

    private static func endsUse(_ database: Database) async throws {
        let transaction = try await database.transaction { $0 }, snapshot = try await database.read { $0 }
        try await refuses(.closed, "a transaction that is over runs nothing") { _ = try await transaction.query("SELECT 1 AS one") }
        try await refuses(.closed, "a snapshot that is over reads nothing") { _ = try await snapshot.query("SELECT 1 AS one") }
    }

    private static func signals(_ database: Database) async throws {
        try await createNotes(database)
        let seen = Observed(0)
        let listener = Task {
            for await _ in database.signals("conformance") {
                // Whoever is woken finds what was committed.
                if try await texts(database) == ["a"] { return seen.change { $0 += 1 } }
            }
        }
        defer { listener.cancel() }
        // The first signals may come before the listener is there.
        try await database.transaction { try await add(1, "a", to: $0) }
        while seen.read({ $0 == 0 }) {
            try await database.transaction { try await $0.signal("conformance") }
            await Task.yield()
        }
    }
}
