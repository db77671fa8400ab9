import Roost
import RoostData

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension DatabaseConformance {
    static let values: [ConformanceCase<Database>] = [
        .init("stores booleans") { try await stores([true, false], as: .boolean, in: $0) },
        .init("stores integers of 64 bits") { try await stores([0, 1, -1, Int.min, Int.max], as: .integer, in: $0) },
        .init("stores floating-point numbers exactly") {
            try await stores([0, -0.5, 0.1, .greatestFiniteMagnitude, .leastNonzeroMagnitude, 1e15], as: .real, in: $0)
        },
        .init("stores text of any language and length") {
            try await stores(["", " ", "Grüße 🐓 ' \" \\ \n\t", "e\u{301}", String(repeating: "ж", count: 100_000)], as: .text, in: $0)
        },
        .init("stores bytes") {
            try await stores([[], [0, 1, 255], Array(repeating: 7, count: 1 << 20)] as [[UInt8]], as: .blob, in: $0)
        },
        .init("stores identifiers") { try await stores([UUID(), .v7()], as: .uuid, in: $0) },
        .init("stores points in time to the millisecond") {
            try await stores([0, 1_764_115_200.125, -1.5, -62_135_596_800].map { Date(timeIntervalSince1970: $0) }, as: .time, in: $0)
        },
        .init("refuses text with the character U+0000", refusesNUL),
    ]

    /// Stores values and `NULL` in a column, finds them and reads them.
    private static func stores<Value: SQLValue & Equatable & Sendable>(
        _ values: [Value], as type: ColumnType, in database: Database
    ) async throws {
        let dialect = database.dialect
        try await database.execute(
            SQL(raw: "CREATE TABLE samples (id \(dialect.name(of: .integer)) PRIMARY KEY, value \(dialect.name(of: type)))"))
        let samples = values.map(Optional.some) + [nil]
        for (id, value) in samples.enumerated() { try await database.execute("INSERT INTO samples (id, value) VALUES (\(id), \(value))") }
        let rows = try await database.query("SELECT id, value FROM samples ORDER BY id")
        try require(rows.count == samples.count, "there is a row for each value")
        for (row, value) in zip(rows, samples) {
            try require(try row.get("value", as: Value?.self) == value, "\(String(describing: value).prefix(80)) is read as it was stored")
        }
        for (id, value) in values.enumerated() {
            let found = try await database.query("SELECT id FROM samples WHERE value = \(value)").map { try $0.get("id", as: Int.self) }
            try require(found == [id], "\(String(describing: value).prefix(80)) is found, and nothing else")
        }
        let missing = try await database.query("SELECT id FROM samples WHERE value IS NULL").map { try $0.get("id", as: Int.self) }
        try require(missing == [values.count], "NULL is different from every value")
    }

    private static func refusesNUL(_ database: Database) async throws {
        try await createNotes(database)
        for text in ["\0", "a\0", "A\0B"] {
            try await refuses(.text, "text with NUL is refused") { try await add(1, text, to: database) }
            try await refuses(.text, "a search for text with NUL is refused") {
                _ = try await database.query("SELECT id FROM notes WHERE text = \(text)")
            }
        }
        try await add(1, "after", to: database)
        try require(try await texts(database) == ["after"], "the database can be used afterwards")
    }
}
