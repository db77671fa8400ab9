import Roost
import RoostData
import RoostTesting

/// A row of the table of notes.
@Model("notes")
private struct NoteRow {
    @Key var id: Int
    @Unique var text: String
}

extension DatabaseConformance {
    static let streams: [ConformanceCase<Database>] = [
        .init("streams all rows in order, in portions of any size", streamsRows),
        .init("streams one snapshot", streamsOneSnapshot),
        .init("releases the connection of a stream that is left", releases),
        .init("passes the error of a stream on", failsStreams),
        .init("stops a stream whose task is cancelled", cancelsStreams),
    ]

    static let ending: [ConformanceCase<Database>] = [
        .init("waits for transactions when it is closed, and refuses later ones", closes)
    ]

    private static func fill(_ database: Database, _ count: Int) async throws {
        try await createNotes(database)
        try await database.insert((0..<count).map { NoteRow(id: $0, text: "\($0)") })
    }

    private static func streamsRows(_ database: Database) async throws {
        try await fill(database, 10)
        for size in [1, 3, 5, 10, 11, 256] {
            var ids: [Int] = []
            for try await row in database.stream(NoteRow.all.order { $0.id }, fetchSize: size) { ids.append(row.id) }
            try require(ids == Array(0..<10), "portions of \(size) are all rows")
        }
        for try await _ in database.stream(NoteRow.where { $0.id > 100 }) { try require(false, "a query without rows gives none") }
    }

    private static func streamsOneSnapshot(_ database: Database) async throws {
        try await fill(database, 10)
        var ids: [Int] = []
        for try await row in database.stream(NoteRow.all.order { $0.id }, fetchSize: 2) {
            ids.append(row.id)
            try await add(100 + row.id, "later \(row.id)", to: database)
        }
        try require(ids == Array(0..<10), "rows that come later do not belong to the stream")
        try require(try await database.count(NoteRow.all) == 20, "others can change the table meanwhile")
    }

    private static func releases(_ database: Database) async throws {
        try await fill(database, 10)
        // More often than there are connections.
        for _ in 0..<50 {
            for try await row in database.stream(NoteRow.all, fetchSize: 1) where row.id >= 0 { break }
        }
        try await database.execute("DROP TABLE marks")
        try await database.execute("DROP TABLE notes")
    }

    private static func failsStreams(_ database: Database) async throws {
        do {
            for try await _ in database.stream(NoteRow.all) {}
            try require(false, "a stream of a table that does not exist is an error")
        } catch is DatabaseError {}
        try await fill(database, 2)
        try require(try await database.fetch(NoteRow.all).count == 2, "the database can be used afterwards")
    }

    private static func cancelsStreams(_ database: Database) async throws {
        try await fill(database, 10)
        let isReading = Observed(false)
        let task = Task {
            while true {
                for try await _ in database.stream(NoteRow.all, fetchSize: 1) { isReading.change { $0 = true } }
            }
        }
        try await isReading.wait(for: "the stream is read") { $0 ? () : nil }
        task.cancel()
        let result: Result<Void, any Error> = await task.result
        do {
            try result.get()
        } catch is CancellationError {}
        try require(try await database.count(NoteRow.all) == 10, "the database can be used afterwards")
    }

    private static func closes(_ database: Database) async throws {
        try await createNotes(database)
        let hasBegun = Observed(false)
        let transaction = Task {
            try await database.transaction { transaction in
                hasBegun.change { $0 = true }
                for id in 0..<20 { try await add(id, "\(id)", to: transaction) }
                return try await texts(transaction).count
            }
        }
        try await hasBegun.wait(for: "the transaction has begun") { $0 ? () : nil }
        await database.close()
        try require(try await transaction.value == 20, "a transaction in progress is completed")
        try await refuses(.closed, "a closed database runs nothing") { _ = try await database.query("SELECT 1 AS one") }
        try await refuses(.closed, "a closed database begins no transaction") { try await database.transaction { _ in } }
        await database.close()
    }
}
