import Foundation
import Notifications
import NotificationsAPI
import Roost
import RoostEvents
import RoostSQLite
import RoostSystemTesting

/// The notifications service, and the bus from which it receives events.
struct NotificationsSystem {
    let system: TestSystem
    private let bus: SQLiteEventBus

    /// - Parameter folder: Keeps the service's data from one run to the next, for tests that need this.
    static func run(
        _ settings: [String: String] = [:], in folder: TemporaryFolder? = nil, _ test: (NotificationsSystem) async throws -> Void
    ) async throws {
        let folder = try folder ?? TemporaryFolder()
        // Captured mail can only be read in development.
        try await TestSystem.run(["ENVIRONMENT": "development"].merging(settings) { $1 }, in: folder) {
            NotificationsService()
        } test: { system in
            let bus = try await SQLiteEventBus.open(folder.databaseURL("events.db"))
            do {
                try await test(NotificationsSystem(system: system, bus: bus))
                await bus.close()
            } catch {
                await bus.close()
                throw error
            }
        }
    }

    func publish(_ envelopes: EventEnvelope...) async throws { try await bus.publish(envelopes) }

    /// The mails to an address, newest first, as soon as there are this many.
    func mails(to address: String, count: Int) async throws -> [CapturedMail] {
        let notifications = try await system.client(NotificationsAPIContract.self)
        return try await eventually("\(count) mails to \(address)") {
            let mails = try await notifications.mail(to: address).items
            return mails.count >= count ? mails : nil
        }
    }
}
