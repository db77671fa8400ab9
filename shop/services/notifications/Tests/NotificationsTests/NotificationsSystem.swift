import Foundation
import Notifications
import NotificationsAPI
import Roost
import RoostEvents
import RoostSQLite
import RoostSystemTesting

/// The notifications service, and the bus that its events come by.
struct NotificationsSystem {
    let system: TestSystem
    private let bus: SQLiteEventBus

    /// - Parameter folder: keeps the service's data from one run to the next, where a test needs that.
    static func run(
        _ settings: [String: String] = [:], in folder: TemporaryFolder? = nil, _ test: (NotificationsSystem) async throws -> Void
    ) async throws {
        let folder = try folder ?? TemporaryFolder()
        // Captured mail is seen in development only.
        try await TestSystem.run(["ENVIRONMENT": "development"].merging(settings) { $1 }, in: folder) {
            NotificationsService()
        } test: { system in
            let bus = try await SQLiteEventBus.open("sqlite:\(folder.path)/events.db")
            do {
                try await test(NotificationsSystem(system: system, bus: bus))
                await bus.close()
            } catch {
                await bus.close()
                throw error
            }
        }
    }

    func publish(_ envelopes: EventEnvelope...) async throws { try await bus.append(envelopes) }

    /// Someone's mails, the newest first, once there are so many.
    func mails(to address: String, count: Int) async throws -> [CapturedMail] {
        let notifications = try await system.client(NotificationsAPIContract.self)
        return try await eventually("\(count) mails to \(address)") {
            let mails = try await notifications.mail(to: address).items
            return mails.count >= count ? mails : nil
        }
    }
}
