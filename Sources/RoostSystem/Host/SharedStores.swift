import Roost
import RoostEvents
import RoostStore

/// The store and the event bus, which all processes of a system share.
struct SharedStores {
    let store: any Store
    let events: any EventBus

    /// - Throws: A `ConfigurationError` if a URL is invalid or its resource cannot be used.
    static func open(_ settings: Settings, in folder: DataFolder, with drivers: [Driver]) async throws -> SharedStores {
        let store = try await ResourceSetting.store.open(settings, in: folder.path, with: drivers)
        do {
            return SharedStores(store: store, events: try await ResourceSetting.events.open(settings, in: folder.path, with: drivers))
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
