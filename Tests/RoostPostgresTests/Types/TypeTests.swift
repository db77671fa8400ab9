import Foundation
import Roost
import RoostData
import TestTools
import Testing

@testable import RoostPostgres

/// Every type both ways: as a parameter of this type, and as a column.
@Suite(.timeLimit(.minutes(5))) struct TypeTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let type: String
        let value: SQLData
        let read: SQLData
        var testDescription: String { "\(type) \(value)" }

        init(_ type: String, _ value: SQLData, read: SQLData? = nil) {
            self.type = type
            self.value = value
            self.read = read ?? value
        }
    }

    static let id = UUID(uuidString: "01890a5d-ac96-774b-bcce-b302099a8057") ?? UUID()
    static let time = Date(timeIntervalSince1970: 1_764_115_200.125)

    static let cases: [Case] = [
        Case("bigint", .integer(0)), Case("bigint", .integer(.max)), Case("bigint", .integer(.min)), Case("bigint", .null),
        Case("integer", .integer(Int64(Int32.max))), Case("integer", .integer(Int64(Int32.min))), Case("integer", .null),
        Case("smallint", .integer(32_767)), Case("smallint", .integer(-32_768)),
        Case("bigint", .boolean(true), read: .integer(1)), Case("integer", .real(3), read: .integer(3)),
        Case("bigint", .text("42"), read: .integer(42)), Case("bigint", .time(time), read: .integer(1_764_115_200_125)),
        Case("oid", .integer(4_294_967_295)),
        Case("double precision", .real(0.1)), Case("double precision", .real(-.infinity)),
        Case("double precision", .real(.leastNonzeroMagnitude)),
        Case("double precision", .real(.greatestFiniteMagnitude)), Case("double precision", .integer(7), read: .real(7)),
        Case("real", .real(1.5)), Case("real", .integer(2), read: .real(2)), Case("double precision", .null),
        Case("numeric", .integer(12), read: .text("12")), Case("numeric", .text("123456789012345678901234567890.123456789")),
        Case("numeric", .real(0.25), read: .text("0.25")), Case("numeric", .text("NaN")), Case("numeric", .null),
        Case("boolean", .boolean(true)), Case("boolean", .boolean(false)), Case("boolean", .integer(1), read: .boolean(true)),
        Case("boolean", .text("off"), read: .boolean(false)), Case("boolean", .null),
        Case("text", .text("")), Case("text", .text("Grüße 🐓 \\ ' \" \n")), Case("text", .null),
        Case("text", .integer(5), read: .text("5")),
        Case("text", .boolean(true), read: .text("true")), Case("text", .uuid(id), read: .text("01890a5d-ac96-774b-bcce-b302099a8057")),
        Case("varchar(5)", .text("abcde")), Case("char(3)", .text("ab"), read: .text("ab ")), Case("name", .text("abc")),
        Case("bytea", .blob([])), Case("bytea", .blob([0, 1, 255])), Case("bytea", .null),
        Case("uuid", .uuid(id)), Case("uuid", .text("01890A5D-AC96-774B-BCCE-B302099A8057"), read: .uuid(id)), Case("uuid", .null),
        Case("timestamptz", .time(time)), Case("timestamptz", .time(Date(timeIntervalSince1970: 0))), Case("timestamptz", .null),
        Case("timestamptz", .time(Date(timeIntervalSince1970: -62_135_596_800))),
        Case("timestamptz", .integer(1_764_115_200_125), read: .time(time)),
        Case("timestamptz", .text("2025-11-26 00:00:00.125+00"), read: .time(time)),
        Case("timestamp", .time(time)), Case("date", .time(time), read: .text("2025-11-26")), Case("date", .text("infinity")),
        Case("time", .text("12:30:00.5")), Case("interval", .text("1 day 02:00:00")), Case("inet", .text("10.0.0.0/8")),
        Case("json", .text(#"{"a": [1, null]}"#)), Case("jsonb", .text(#"{"a": [1, null]}"#)), Case("jsonb", .null),
        Case("jsonb", .integer(3), read: .text("3")),
        Case("bigint[]", .array([.integer(1), .null, .integer(.max)]), read: .text("{1,NULL,9223372036854775807}")),
        Case("integer[]", .array([]), read: .text("{}")), Case("boolean[]", .array([.boolean(true)]), read: .text("{t}")),
        Case("text[]", .array([.text("a,b"), .text("\"q\\"), .text("")]), read: .text(#"{"a,b","\"q\\",""}"#)),
        Case("uuid[]", .array([.uuid(id)]), read: .text("{01890a5d-ac96-774b-bcce-b302099a8057}")),
        Case("numeric[]", .array([.integer(1), .text("2.50"), .real(0.5), .null]), read: .text("{1,2.50,0.5,NULL}")),
        Case("jsonb[]", .array([.text(#"{"a": "b,\"c"}"#)]), read: .text(#"{"{\"a\": \"b,\\\"c\"}"}"#)),
        Case("point", .text("(1,2)")), Case("int4range", .text("[1,5)")),
    ]

    @Test(arguments: cases) func aValueIsWrittenAndRead(_ item: Case) async throws {
        let driver = try await PostgresDriver.open(try await PostgresServer.shared().url("postgres"), key: "DATABASE_URL")
        let name = "types_\(UUID().uuidString.prefix(8).lowercased())"
        _ = try await driver.run(Statement("CREATE TABLE \(name) (value \(item.type))"), for: .write) { _ in }
        let insertion = Statement("INSERT INTO \(name) VALUES ($1) RETURNING value", [item.value])
        for _ in 0..<2 {
            let rows = try await driver.run(insertion, for: .write) { try $0.data() }.rows
            #expect(rows == [item.read])
        }
        let stored = try await driver.run(Statement("SELECT value FROM \(name)"), for: .read) { try $0.data() }.rows
        #expect(stored == [item.read, item.read])
        _ = try await driver.run(Statement("DROP TABLE \(name)"), for: .write) { _ in }
        await driver.close()
    }

    @Test func infinityIsTheExtremeOfTimes() async throws {
        let driver = try await PostgresDriver.open(try await PostgresServer.shared().url("postgres"), key: "DATABASE_URL")
        let statement = Statement("SELECT 'infinity'::timestamptz, '-infinity'::timestamptz")
        let rows = try await driver.run(statement, for: .read) { [try $0.next(Date.self), try $0.next(Date.self)] }.rows
        let times = try #require(rows.first)
        #expect(times[0].timeIntervalSince1970 > 9e12 && times[1].timeIntervalSince1970 < -9e12)
        let infinite = Statement(
            "SELECT $1::timestamptz = 'infinity', $2::timestamptz = '-infinity', $3::date = 'infinity'",
            [
                .time(Date(timeIntervalSince1970: .infinity)), .time(Date(timeIntervalSince1970: -.infinity)),
                .time(Date(timeIntervalSince1970: .infinity)),
            ])
        let known = try await driver.run(infinite, for: .read) { [try $0.next(Bool.self), try $0.next(Bool.self), try $0.next(Bool.self)] }
            .rows
        #expect(known == [[true, true, true]])
        await driver.close()
    }

    struct Misfit: Sendable {
        let type: String
        let value: SQLData
        let code: DatabaseError.Code
    }

    @Test(arguments: [
        Misfit(type: "smallint", value: .integer(32_768), code: .outOfRange),
        Misfit(type: "integer", value: .integer(1 << 31), code: .outOfRange),
        Misfit(type: "boolean", value: .integer(2), code: .outOfRange), Misfit(type: "integer", value: .real(1.5), code: .outOfRange),
        Misfit(type: "real", value: .real(1e300), code: .outOfRange), Misfit(type: "text", value: .text("a\u{0}b"), code: .text),
        Misfit(type: "uuid", value: .integer(1), code: .engine), Misfit(type: "integer", value: .blob([1]), code: .engine),
        Misfit(type: "timestamptz", value: .time(Date(timeIntervalSince1970: 1e15)), code: .outOfRange),
        Misfit(type: "bytea", value: .boolean(true), code: .engine),
    ])
    func aValueThatDoesNotFitIsRefused(_ misfit: Misfit) async throws {
        let driver = try await PostgresDriver.open(
            try await PostgresServer.shared().url("postgres", options: "connections=2"), key: "DATABASE_URL")
        // A value that declares no type comes first, so that the server infers the column's.
        let text = "SELECT CASE WHEN $1::\(misfit.type) IS NULL THEN 1 ELSE 2 END AS \"\(UUID().uuidString)\""
        _ = try await driver.run(Statement(text, [.null]), for: .read) { try $0.data() }
        await #expect {
            _ = try await driver.run(Statement(text, [misfit.value]), for: .read) { try $0.data() }
        } throws: {
            ($0 as? DatabaseError)?.code == misfit.code
        }
        let rows = try await driver.run(Statement(text, [.null]), for: .read) { try $0.data() }.rows
        #expect(rows == [.integer(1)])
        await driver.close()
    }

    /// A number is declared as a bigint, which not every function takes.
    @Test func aNumberGetsTheTypeThatTheStatementNeeds() async throws {
        let driver = try await PostgresDriver.open(try await PostgresServer.shared().url("postgres"), key: "DATABASE_URL")
        let statement = Statement("SELECT repeat($1::text, $2)", [.text("Roost"), .integer(2)])
        #expect(try await driver.run(statement, for: .read) { try $0.next(String.self) }.rows == ["RoostRoost"])
        try await driver.transaction(.write) { session in
            _ = try await session.run(Statement("SELECT 1")) { _ in }
            let inside = Statement("SELECT left($1::text, $2)", [.text("Roost"), .integer(2)])
            #expect(try await session.run(inside) { try $0.next(String.self) }.rows == ["Ro"])
        }
        #expect(try await driver.run(Statement("SELECT $1", [.integer(7)]), for: .read) { try $0.next(Int.self) }.rows == [7])
        await driver.close()
    }

    @Test func theNumberOfValuesMustBeRight() async throws {
        let driver = try await PostgresDriver.open(try await PostgresServer.shared().url("postgres"), key: "DATABASE_URL")
        await #expect(throws: DatabaseError.self) {
            _ = try await driver.run(Statement("SELECT $1::int", []), for: .read) { try $0.data() }
        }
        await driver.close()
    }
}
