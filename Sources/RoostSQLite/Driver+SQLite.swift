public import Roost
import RoostData
import RoostEvents
import RoostStore

extension Driver {
    /// SQLite for databases, the store and the event bus: files that the processes of one machine share, without a server.
    public static let sqlite = sqlite(clock: WallClock())

    /// SQLite with a clock of its own, such as the `TestClock` of a test.
    public static func sqlite(clock: any ServiceClock) -> Driver {
        Driver("sqlite", form: SQLiteLocation.allowed, embedded: { "sqlite:\($0)/\($1).db" }) { url in
            SQLiteLocation(url: url.text) != nil
        }
        .opening(Database.self) { try await Database.open($0.text, key: $0.key, clock: clock) }
        .opening((any Store).self) { try await SQLiteStore.open($0.text, key: $0.key, clock: clock) }
        .opening((any EventBus).self) { try await SQLiteEventBus.open($0.text, key: $0.key, clock: clock) }
    }
}
