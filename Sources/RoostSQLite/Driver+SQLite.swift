public import Roost
import RoostData
import RoostEvents
import RoostStore

extension Driver {
    /// SQLite for databases, the key-value store and the event bus: files that the processes of one machine share, without a server.
    public static let sqlite = Driver("sqlite", form: SQLiteLocation.allowed, embedded: { "sqlite:\($0)/\($1).db" }) { url in
        SQLiteLocation(url: url.text) != nil
    }
    .opening(Database.self) { try await Database.open($0.text, key: $0.key) }
    .opening((any KeyValueStore).self) { try await SQLiteStore.open($0.text, key: $0.key) }
    .opening((any EventBus).self) { try await SQLiteEventBus.open($0.text, key: $0.key) }
}
