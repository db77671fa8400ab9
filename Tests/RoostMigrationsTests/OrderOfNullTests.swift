import Foundation
import Roost
import RoostData
import Testing

@testable import RoostMigrations

/// Where the indexes of optional columns sort `NULL` on PostgreSQL.
@Suite struct OrderOfNullTests {
    private func plan<Row: Model>(of query: Query<Row>, in database: Database) async throws -> String {
        try await database.transaction { transaction in
            try await transaction.execute("SET LOCAL enable_seqscan = off")
            return try await transaction.explain(query.limit(10))
        }
    }

    @Test func indexesFollowAColumnThatBecomesOptional() async throws {
        let workshop = try Workshop(on: .postgres)
        try await workshop.make("first", [Papers.DatedRow.self])
        try await workshop.using { try await $0.insert(Papers.DatedRow(due: 1, code: 1)) }
        let drafts = try await workshop.make("optional", [Papers.OptionalRow.self])
        #expect(drafts.count == 4)
        try await workshop.using { (database) async throws in
            #expect(try await workshop.maker([Papers.OptionalRow.self]).drift(of: database) == [])
            #expect(try await !plan(of: Papers.OptionalRow.all.order { $0.due }, in: database).contains("Sort"))
            await #expect(throws: DatabaseError.self) { try await database.insert(Papers.OptionalRow(code: 1)) }
            // And back, by the migration's own statements.
            try await database.undoMigrations(Migration.load(from: workshop.folder), to: try Migration.load(from: workshop.folder)[0].name)
            #expect(try await LiveSchema.read(from: database).differences(from: DatabaseSchema([Papers.DatedRow.self])) == [])
            #expect(try await !plan(of: Papers.DatedRow.all.order { $0.due }, in: database).contains("Sort"))
        }
        try await workshop.using { _ in }
        try await workshop.make("dated", [Papers.DatedRow.self])
        try await workshop.using { (database) async throws in
            #expect(try await workshop.maker([Papers.DatedRow.self]).drift(of: database) == [])
        }
    }

    @Test func anIndexWithAnotherOrderIsReported() async throws {
        let workshop = try Workshop(on: .postgres)
        try await workshop.make("first", [Papers.OptionalRow.self])
        try await workshop.using { (database) async throws in
            try await database.execute("DROP INDEX papers_due_idx")
            try await database.execute("CREATE INDEX papers_due_idx ON papers (due)")
            #expect(
                try await workshop.maker([Papers.OptionalRow.self]).drift(of: database) == [
                    "the index papers_due_idx of papers does not sort NULL as queries do: replace it with one over (due NULLS FIRST)"
                ])
            // It can be read backwards.
            try await database.execute("CREATE INDEX other ON papers (due DESC NULLS LAST)")
            #expect(try await workshop.maker([Papers.OptionalRow.self]).drift(of: database) == [])
        }
    }
}

private enum Papers {
    @Model("papers")
    struct DatedRow {
        @Key var id: UUID = .v7()
        @Indexed var due = 0
        @Unique var code = 0
    }

    @Model("papers")
    struct OptionalRow {
        @Key var id: UUID = .v7()
        @Indexed var due: Int?
        @Unique var code: Int?
    }
}
