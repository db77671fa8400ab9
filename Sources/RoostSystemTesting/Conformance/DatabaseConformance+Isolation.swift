import Roost
import RoostData

extension DatabaseConformance {
    static let isolation: [ConformanceCase<Database>] = [
        .init("shows nobody what is not committed", hidesUncommitted),
        .init("shows a read one snapshot, and lets it change nothing", readsOneSnapshot),
        .init("loses no update of concurrent transactions", losesNoUpdate),
        .init("serializes transactions that ask for it", serializes),
        .init("lets a task that waits for its turn be cancelled", cancelsWaiting),
    ]

    private static func hidesUncommitted(_ database: Database) async throws {
        try await createNotes(database)
        try await database.transaction { transaction in
            try await add(1, "a", to: transaction)
            let seen = try await Task.detached { try await texts(database) }.value
            try require(seen.isEmpty, "a change is invisible before its commit")
        }
        try require(try await texts(database) == ["a"], "a change is visible after its commit")
    }

    private static func readsOneSnapshot(_ database: Database) async throws {
        try await createNotes(database)
        try await add(1, "a", to: database)
        try await database.read { reader in
            let before = try await texts(reader)
            try await Task.detached { try await add(2, "b", to: database) }.value
            let after = try await texts(reader)
            try require(before == ["a"] && after == ["a"], "a read sees what was there when it began")
        }
        try require(try await texts(database) == ["a", "b"], "a later read sees the change")
        do {
            _ = try await database.read { try await $0.query("DELETE FROM notes") }
            try require(false, "a read that changes something is refused")
        } catch is DatabaseError {}
        try require(try await texts(database) == ["a", "b"], "a read that is refused changes nothing")
    }

    private static func losesNoUpdate(_ database: Database) async throws {
        try await createNotes(database)
        try await add(1, "0", to: database)
        let increment: SQL = "UPDATE notes SET text = CAST(CAST(text AS integer) + 1 AS text) WHERE id = 1"
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<32 {
                group.addTask {
                    if number.isMultiple(of: 2) {
                        try await database.execute(increment)
                    } else {
                        try await database.transaction { _ = try await $0.execute(increment) }
                    }
                }
            }
            try await group.waitForAll()
        }
        try require(try await texts(database) == ["32"], "every update counts")
    }

    /// Two transactions, each of which is allowed to take something only if both have not yet.
    private static func serializes(_ database: Database) async throws {
        try await createNotes(database)
        for round in 0..<10 {
            try await database.execute("DELETE FROM notes")
            try await add(1, "full", to: database)
            try await add(2, "also full", to: database)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for id in 1...2 { group.addTask { try await take(id, from: database) } }
                try await group.waitForAll()
            }
            let left = try await texts(database).filter { $0.hasSuffix("full") }.count
            try require(left == 1, "one of two transactions finds the change of the other (round \(round))")
        }
    }

    private static func take(_ id: Int, from database: Database) async throws {
        while true {
            do {
                return try await database.transaction(.serializable) { transaction in
                    guard try await texts(transaction).allSatisfy({ $0.hasSuffix("full") }) else { return }
                    try await transaction.execute("UPDATE notes SET text = \("taken \(id)") WHERE id = \(id)")
                }
            } catch let error where FailureKind(of: error) == .transient {
                // The driver may give up, and leaves further attempts to its caller.
                await Task.yield()
            }
        }
    }

    private static func cancelsWaiting(_ database: Database) async throws {
        try await createNotes(database)
        try await add(1, "a", to: database)
        // Cancelled before it begins, while it asks for its turn, and while it waits.
        for moment in 0..<20 {
            try await database.transaction { transaction in
                try await transaction.execute("UPDATE notes SET text = 'b' WHERE id = 1")
                let waiter = Task.detached {
                    try await database.transaction { _ = try await $0.execute("UPDATE notes SET text = 'c' WHERE id = 1") }
                }
                if moment > 0 { try await Task.sleep(for: .milliseconds(moment)) }
                waiter.cancel()
                do {
                    try await waiter.value
                    try require(false, "a cancelled transaction does not succeed")
                } catch is CancellationError {}
            }
        }
        try require(try await texts(database) == ["b"], "the other transaction is committed")
    }
}
