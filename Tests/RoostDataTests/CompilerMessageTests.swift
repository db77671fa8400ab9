import TestTools
import Testing

/// The compiler's errors for a value that a database cannot store, and for one whose type is not specified: one error each, at the user's
/// own line.
@Suite(.serialized, .timeLimit(.minutes(5))) struct CompilerMessageTests {
    /// The statement is on line 9.
    private func findings(_ statement: String) async throws -> [String] {
        try await Compiler.findings(
            """
            import Foundation
            import RoostData
            enum Status: String { case paid }
            enum Level: Int { case low }
            struct ID: RawRepresentable, Hashable { let rawValue: UUID }
            struct Thing: Codable { var a: Int }
            enum Plain { case a }
            func use(_ row: ResultRow, status: Status, level: Level?, id: ID, thing: Thing, plain: Plain, things: [Thing]) throws -> Any? {
                \(statement)
            }
            """)
    }

    private static let advice =
        "name the column's type, as in row.get(\"name\", as: String.self): a String, Int, Double, Bool, Date, UUID, bytes, or a type with such a rawValue; for JSON, use get(json:)"

    @Test(arguments: [
        "let x = try row.get(\"x\"); return x", "let (x, y) = (try row.get(\"x\"), 1); return (x, y)", "_ = try row.get(\"x\"); return nil",
    ])
    func aColumnWhoseTypeNobodySays(statement: String) async throws {
        #expect(try await findings(statement) == ["9: 'get' is unavailable: \(Self.advice)"])
    }

    @Test(arguments: [
        "let x: Thing = try row.get(\"x\"); return x", "return try row.get(\"x\", as: Plain.self)", "return try row.get(\"x\")",
        "let x: [Thing] = try row.get(\"x\"); return x", "let x: Plain? = try row.get(\"x\"); return x",
        "print(try row.get(\"x\")); return nil",
    ])
    func aColumnThatHoldsNoSuchValue(statement: String) async throws {
        #expect(try await findings(statement) == ["9: 'get(_:as:)' is unavailable: \(Self.advice)"])
    }

    @Test func jsonOfWhatIsNoSchema() async throws {
        let advice = "name the column's type, as in row.get(json: \"name\", as: Thing.self): a type marked @Schema"
        #expect(try await findings("let x = try row.get(json: \"x\"); return x") == ["9: 'get(json:)' is unavailable: \(advice)"])
        #expect(try await findings("let x: Thing = try row.get(json: \"x\"); return x") == ["9: 'get(json:as:)' is unavailable: \(advice)"])
        #expect(
            try await findings("let sql: SQL = \"a = \\(json: thing)\"; return sql")
                == ["9: 'appendInterpolation(json:)' is unavailable: a type that is stored as JSON must be a schema: mark it @Schema"])
        #expect(try await findings("let x: [String] = try row.get(json: \"x\"); return x") == [])
    }

    @Test(arguments: ["thing", "plain", "things", "Optional(plain)"])
    func aValueThatSQLCannotBind(value: String) async throws {
        let advice =
            "SQL binds a String, Int, Double, Bool, Date, UUID, bytes, a type with such a rawValue, and arrays of those; to store JSON, write \\(json: value)"
        let found = try await findings("let sql: SQL = \"a = \\(\(value))\"; return sql")
        #expect(found == ["9: 'appendInterpolation' is unavailable: \(advice)"])
    }

    @Test(arguments: [
        "let sql: SQL = \"a = \\(status) AND b = \\(level) AND c = \\(id) AND d IN \\([status, .paid])\"; return sql",
        "let x: Status = try row.get(\"x\"), y: Level? = try row.get(\"y\"), z: ID = try row.get(\"z\"); return (x, y, z)",
        "return (try row.get(\"x\", as: Status.self), try row.get(\"x\", as: Status?.self), try row.get(\"x\", as: ID.self))",
        "let x: String? = try row.get(\"x\"), y: [UInt8] = try row.get(\"y\"); return (x, y)",
        "struct Two { var a: Status; var b: ID?; var c: Int }; return Two(a: try row.get(\"a\"), b: try row.get(\"b\"), c: try row.get(\"c\"))",
        "return try row.get(\"x\") == \"a\"",
    ])
    func enumsAndTypedIdentifiers(statement: String) async throws {
        #expect(try await findings(statement) == [])
    }
}
