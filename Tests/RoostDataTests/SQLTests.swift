import Foundation
import Roost
import RoostData
import Testing

@testable import RoostSQLite

@Suite struct SQLTests {
    @Test func interpolationsAreBindingsAndNeverText() {
        let attack = "x' OR '1'='1"
        let sql: SQL = "SELECT * FROM accounts WHERE email = \(attack) AND age > \(18)"
        let statement = sql.statement
        #expect(statement.text == "SELECT * FROM accounts WHERE email = $1 AND age > $2")
        #expect(statement.bindings == [.text(attack), .integer(18)])
    }

    @Test func listsBecomeAPlaceholderEach() {
        let sql: SQL = "WHERE sku IN \(["a", "b", "c"])"
        #expect(sql.statement.text == "WHERE sku IN ($1, $2, $3, $4)")
        // Filled up, so that lists of similar lengths share a prepared statement.
        #expect(sql.statement.bindings == ["a", "b", "c", "c"].map { .text($0) })
        let long: SQL = "WHERE sku IN \(Array(0..<1500))"
        #expect(long.statement.bindings.count == 2048)
        let none: SQL = "WHERE sku IN \([String]())"
        #expect(none.statement.bindings.isEmpty)
    }

    @Test func statementsAreMadeOfParts() {
        let condition: SQL = "a = \(1)"
        let sql: SQL = "SELECT \(SQL(raw: "b")) WHERE \(condition)" + " LIMIT \(2)"
        let statement = sql.statement
        #expect(statement.text == "SELECT b WHERE a = $1 LIMIT $2")
        #expect(sql.statement.bindings == [.integer(1), .integer(2)])
    }

    @Test func valuesComeBackAsTheyWent() throws {
        enum Status: String, SQLValue { case pending, paid }
        func returned<Value: SQLValue>(_ value: Value) -> Value? { Value(sql: value.sql) }
        let date = Date(timeIntervalSince1970: 1_700_000_000.25), id = UUID()
        #expect(returned("ä\u{0}") == "ä\u{0}")
        #expect(returned(Int64.min) == .min)
        #expect(returned(1.5) == 1.5)
        #expect(returned(true) == true)
        #expect(returned(date) == date)
        #expect(returned(id) == id)
        #expect(UUID(sql: .text(id.text)) == id)
        #expect(returned([1, 2] as [UInt8]) == [1, 2])
        #expect(returned(Status.paid) == .paid)
        #expect(Status(sql: .text("lost")) == nil)
        #expect(returned(String?.none) == .some(nil))
        #expect(Int?(sql: .text("1")) == nil)
        #expect(Date(sql: .integer(1_700_000_000_250)) == date)
        #expect(Int8(sql: .integer(200)) == nil)
    }

    @Test func enumsAndTypedIdentifiersAreTheirRawValues() throws {
        enum Status: String { case pending, paid = "PAID" }
        enum Level: Int { case low = 3 }
        struct ID: RawRepresentable, Hashable { let rawValue: UUID }
        let id = ID(rawValue: UUID()), none: Level? = nil
        let sql: SQL = "a = \(Status.paid) AND b = \(Level.low) AND c = \(id) AND d = \(none) AND e IN \([Status.pending, .paid])"
        #expect(sql.statement.text == "a = $1 AND b = $2 AND c = $3 AND d = $4 AND e IN ($5, $6)")
        #expect(sql.statement.bindings == [.text("PAID"), .integer(3), .uuid(id.rawValue), .null, .text("pending"), .text("PAID")])
        let row = ResultRow(
            columns: ["status", "level", "id", "none"], values: [.text("PAID"), .integer(3), .text(id.rawValue.text), .null])
        let status: Status = try row.get("status"), level: Level? = try row.get("level")
        #expect(status == .paid && level == .low)
        #expect(try row.get("id", as: ID.self) == id)
        #expect(try row.get("none", as: Status?.self) == nil)
        #expect(throws: DatabaseError(.column, "the column level has no value of the type Status")) {
            try row.get("level", as: Status.self)
        }
        #expect(throws: DatabaseError(.column, "the column none has no value of the type Status")) { try row.get("none", as: Status.self) }
    }

    @Test func rowsNameWhatIsWrong() throws {
        let row = ResultRow(columns: ["id", "tags"], values: [.integer(1), .text("[\"a\"")])
        #expect(try row.get("id", as: Int.self) == 1)
        #expect(throws: DatabaseError(.column, "the row has no column name, only id, tags")) { try row.get("name", as: Int.self) }
        #expect(throws: DatabaseError(.column, "the column id has no value of the type String")) { try row.get("id", as: String.self) }
        #expect { try row.get(json: "tags", as: [String].self) } throws: { ($0 as? DatabaseError)?.code == .column }
    }

    @Test(arguments: ["", "sqlite:", "postgres://localhost/x", "sqlite:a?synchronous=off", "sqlite:a?mode=ro"])
    func wrongLocationsNameKeyValueAndWhatIsAllowed(_ url: String) {
        #expect {
            try SQLiteLocation(url: url, key: "DATABASE_URL")
        } throws: {
            "\($0)".hasPrefix("DATABASE_URL=\(url) is wrong: it must be sqlite:PATH")
        }
    }
}
