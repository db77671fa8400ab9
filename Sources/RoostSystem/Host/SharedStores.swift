import Roost
import RoostEvents
import RoostStore

/// The store and the event bus, which all processes of a system share.
struct SharedStores {
    let store: any Store
    let events: any EventBus

    /// Opens the store and the event bus of a system, and makes all of its groups known to the bus before anything is published.
    /// - Throws: A `ConfigurationError` if a URL is invalid or its resource cannot be used.
    static func open(_ settings: Settings, in folder: DataFolder, of system: ServiceSystem) async throws -> SharedStores {
        let store = try await ResourceSetting.store.open(settings, in: folder.path, with: system.drivers)
        do {
            let events = try await ResourceSetting.events.open(settings, in: folder.path, with: system.drivers) { events in
                do {
                    try await events.declare(system.eventGroups)
                } catch {
                    await events.close()
                    throw error
                }
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
