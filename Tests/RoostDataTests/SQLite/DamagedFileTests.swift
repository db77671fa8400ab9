import Foundation
import Roost
import RoostData
import RoostTesting
import Testing

@testable import RoostSQLite

/// What the disk, or an operator, may give the driver.
@Suite(.timeLimit(.minutes(5))) struct DamagedFileTests {
    @Test(arguments: [
        "", "sqlite", "sqlite:", "sqlite:?synchronous=normal", "sqlite:a?", "sqlite:a?synchronous", "sqlite:a?synchronous=",
        "sqlite:a?synchronous=off",
        "sqlite:a?synchronous=FULL", "sqlite:a?mode=ro", "sqlite:a?synchronous=full&mode=ro", "sqlite:a\0b", "SQLITE:a", " sqlite:a",
        "postgres://a",
    ])
    func aURLThatIsNoneNamesItsSetting(url: String) {
        #expect { try SQLiteLocation(url: url, key: "ORDERS_URL") } throws: {
            ($0 as? ConfigurationError)?.message.contains("ORDERS_URL") == true
        }
    }

    @Test func aURLHasAPathAndADurability() throws {
        #expect(SQLiteLocation(url: "sqlite:a b/ä.db") == SQLiteLocation(path: "a b/ä.db"))
        #expect(SQLiteLocation(url: "sqlite:/a?synchronous=full") == SQLiteLocation(path: "/a"))
        #expect(SQLiteLocation(url: "sqlite:/a?synchronous=normal") == SQLiteLocation(path: "/a", durability: .normal))
    }

    /// Every page but the first is damaged in turn. No statement ends the process, and each says what is wrong or has a right result.
    @Test func aDamagedFileIsToldByAnError() async throws {
        let folder = try TemporaryFolder()
        let schema = Migration("0001", "CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE)")
        let whole = try await Database.open(folder.databaseURL("whole.db"), migrations: [schema])
        try await whole.transaction { transaction in
            for id in 0..<500 { try await transaction.execute("INSERT INTO notes VALUES (\(id), \("note \(id)"))") }
        }
        await whole.close()
        let content = try Data(contentsOf: URL(filePath: folder.file("whole.db")))
        var damages = 0
        for page in 1..<content.count / 4096 {
            var damaged = content
            damaged.replaceSubrange(page * 4096..<(page + 1) * 4096, with: [UInt8](repeating: 0xA5, count: 4096))
            try damaged.write(to: URL(filePath: folder.file("\(page).db")))
            do {
                let database = try await Database.open(folder.databaseURL("\(page).db"))
                do {
                    let rows = try await database.query("SELECT text FROM notes ORDER BY id").map { try $0.get("text", as: String.self) }
                    #expect(rows == (0..<500).map { "note \($0)" }, "page \(page)")
                    try await database.execute("INSERT INTO notes VALUES (1000, 'next')")
                } catch let error as DatabaseError {
                    #expect(error.code == .file, "page \(page): \(error)")
                    damages += 1
                }
                await database.close()
            } catch is ConfigurationError {
                damages += 1
            }
        }
        #expect(damages > 3)
    }
}
