import Roost
import RoostData
import RoostEvents
import RoostStore

/// The key-value store and the event bus, which the processes of a system share.
struct SharedStores {
    let store: EmbeddedStore
    let events: EmbeddedEventBus

    /// - Throws: a `ConfigurationError` where a URL is wrong, or a file cannot be used.
    static func open(_ settings: Settings, in folder: DataFolder) async throws -> SharedStores {
        let store = try await DatabaseSetting.open(.store, settings, default: "sqlite:\(folder.path)/store.db") {
            try await EmbeddedStore.open($0)
        }
        do {
            let events = try await DatabaseSetting.open(.events, settings, default: "sqlite:\(folder.path)/events.db") {
                try await EmbeddedEventBus.open($0)
            }
            return SharedStores(store: store, events: events)
        } catch {
            await store.close()
            throw error
        }
    }

    func close() async {
        await events.close()
        await store.close()
    }
}

/// A setting that says where a database is.
enum DatabaseSetting {
    /// Opens what a setting names, and names the setting where its migrations cannot be applied.
    static func open<Opened>(
        _ setting: Setting<String?>, _ settings: Settings, default location: String, by open: (String) async throws -> Opened
    ) async throws -> Opened {
        let url = try settings[setting] ?? location
        do {
            return try await open(url)
        } catch let error as DatabaseError where error.code == .migration {
            throw ConfigurationError("\(setting.key)=\(Redaction.setting(setting.key, url)) cannot be brought up to date: \(error.message)")
        }
    }
}
