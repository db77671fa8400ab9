import Roost
public import RoostData

/// The requirements that every driver of databases must meet. Each case creates the tables that it needs.
///
/// A case takes the database of its own that it is given for itself, and closes it if that is what it tests.
public enum DatabaseConformance {
    /// The requirements, each independent of the others.
    public static let cases: [ConformanceCase<Database>] = values + statements + transactions + isolation + streams + ending

    /// A table with a key and a text that is unique, and another one that refers to it.
    static func createNotes(_ database: Database) async throws {
        let integer = database.dialect.name(of: .integer), text = database.dialect.name(of: .text)
        try await database.execute(
            SQL(raw: "CREATE TABLE notes (id \(integer) PRIMARY KEY, text \(text) NOT NULL UNIQUE CHECK (text <> 'forbidden'))"))
        try await database.execute(
            SQL(raw: "CREATE TABLE marks (id \(integer) PRIMARY KEY, note \(integer) NOT NULL REFERENCES notes (id))"))
    }

    static func add(_ id: Int, _ text: String, to database: some Changing) async throws {
        try await database.execute("INSERT INTO notes (id, text) VALUES (\(id), \(text))")
    }

    static func texts(_ database: some Querying) async throws -> [String] {
        try await database.query("SELECT text FROM notes ORDER BY id").map { try $0.get("text") }
    }
}

/// An error that a body throws on purpose.
struct Refusal: Error {}
