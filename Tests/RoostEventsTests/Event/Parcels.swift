import Roost
import RoostData
import RoostEvents
import RoostSystem

/// A parcel has been on its way for a minute.
@Schema
struct ParcelOverdue: Event, Equatable {
    static let topic = "parcels.overdue"
    var parcel: String
    var key: String { parcel }
}

/// Counts the weight of all parcels, and looks again at each of them after a minute.
@Service(publishes: [ParcelOverdue.self])
struct Parcels {
    let database: Database

    @Subscribe(ParcelSent.self, named: "weight", formerly: ["parcels.weigh"], onDeath: .hold)
    func add(_ event: ParcelSent, in transaction: Transaction) async throws {
        try await transaction.execute("UPDATE weight SET grams = grams + \(event.grams)")
        try await transaction.publish(ParcelOverdue(parcel: event.parcel), after: .seconds(60))
    }

    @Get("/weight") func weight() async throws -> Int {
        try await database.first("SELECT grams FROM weight")?.get("grams") ?? 0
    }
}

struct ParcelsService: ServiceDefinition {
    let name = "parcels"
    let database = DatabaseDefinition(
        migrations: [Migration("0001", "CREATE TABLE weight (grams BIGINT NOT NULL); INSERT INTO weight VALUES (0);")])

    func assemble(on host: ServiceHost) async throws -> Parcels { Parcels(database: try await host.database()) }
}
