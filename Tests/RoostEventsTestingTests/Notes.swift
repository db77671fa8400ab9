import Roost
import RoostData
import RoostEvents
import RoostSystem
import RoostSystemTesting

@Schema struct Noted: Event, Equatable {
    static let topic = "notes.noted"
    var author: String
    var number: Int
    var key: String { author }
}

@Schema struct Forgotten: Event, Equatable {
    static let topic = "notes.forgotten"
    var author: String
    var key: String { author }
}

/// Adds up the numbers, and publishes that it forgets those below zero. It fails permanently for zero, and for those above a hundred until
/// a gate is open.
@Service(publishes: [Forgotten.self]) struct Notes {
    let database: Database
    let gate: Gate

    @Subscribe(Noted.self, named: "sum") func add(_ event: Noted, in transaction: Transaction) async throws {
        guard event.number != 0 else { throw Problem(.unprocessable, "Zero cannot be noted.") }
        if event.number > 100, !gate.isOpen { throw Problem.unavailable("There is no room.") }
        if event.number < 0 { return try await transaction.publish(Forgotten(author: event.author)) }
        try await transaction.execute("UPDATE total SET number = number + \(event.number)")
    }

    @Get("/total") func total() async throws -> String {
        let total: Int = try await database.first("SELECT number FROM total")?.get("number") ?? 0
        return String(total)
    }
}

struct NotesService: ServiceDefinition {
    let name = "notes"
    var gate = Gate()
    let database = DatabaseDefinition(
        migrations: [Migration("0001", "CREATE TABLE total (number BIGINT NOT NULL); INSERT INTO total VALUES (0);")])

    func assemble(on host: ServiceHost) async throws -> Notes { Notes(database: try await host.database(), gate: gate) }
}
