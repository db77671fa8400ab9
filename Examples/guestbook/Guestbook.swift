import Foundation
import Roost
import RoostData
import RoostEvents
import RoostSystem

@Schema struct NewEntry {
    @Check(.line(1...40)) var name: String
    @Check(.length(1...500)) var text: String
}

@Schema struct Entry: Equatable {
    var id: UUID
    var name: String
    var text: String
}

@Schema struct EntryAdded: Event {
    static let topic = "guestbook.added"
    var entry: Entry
    var key: String { entry.name }
}

@Contract("guestbook") protocol GuestbookAPI: Sendable {
    /// Adds an entry.
    @Post("/entries", status: .created) func add(_ entry: NewEntry) async throws -> Entry
    /// Returns the newest entries.
    @Get("/entries") func entries() async throws -> [Entry]
    /// Returns how many entries a person has written.
    @Get("/entries/count") func count(name: String) async throws -> Int
}

@Service(GuestbookAPI.self, publishes: [EntryAdded.self]) struct Guestbook: GuestbookAPI {
    let database: Database

    func add(_ entry: NewEntry) async throws -> Entry {
        let entry = Entry(id: .v7(), name: entry.name, text: entry.text)
        // The event is published if the entry is committed, and only then.
        try await database.transaction { transaction in
            try await transaction.execute("INSERT INTO entries (id, name, text) VALUES (\(entry.id), \(entry.name), \(entry.text))")
            try await transaction.publish(EntryAdded(entry: entry))
        }
        return entry
    }

    func entries() async throws -> [Entry] {
        try await database.query("SELECT * FROM entries ORDER BY id DESC LIMIT 100").map { row in
            Entry(id: try row.get("id"), name: try row.get("name"), text: try row.get("text"))
        }
    }

    func count(name: String) async throws -> Int {
        try await database.first("SELECT number FROM counts WHERE name = \(name)")?.get("number") ?? 0
    }

    /// Takes effect once for each event, however often that is delivered.
    @Subscribe(EntryAdded.self) func note(_ event: EntryAdded, in transaction: Transaction) async throws {
        let name = event.entry.name
        try await transaction.execute(
            "INSERT INTO counts (name, number) VALUES (\(name), 1) ON CONFLICT (name) DO UPDATE SET number = number + 1")
    }
}

struct GuestbookService: ServiceDefinition {
    let name = "guestbook"

    func assemble(on host: ServiceHost) async throws -> Guestbook {
        Guestbook(database: try await host.database(migrations: [Self.tables]))
    }

    private static let tables = Migration(
        "0001",
        """
        CREATE TABLE entries (id TEXT PRIMARY KEY, name TEXT NOT NULL, text TEXT NOT NULL);
        CREATE TABLE counts (name TEXT PRIMARY KEY, number BIGINT NOT NULL);
        """)
}
