import Foundation
import ProcessorAPI
import Roost
import RoostAuth
import RoostData
import RoostSystem
import RoostWork
import ShopCommon

/// The test processor, put together. Like a real one, it knows its merchant only by a service key, a webhook's address and a
/// secret.
public struct ProcessorService: ServiceDefinition {
    public let name = "processor"
    public let settings: [any SettingDeclaration] = [WebhookSecret.setting]

    public init() {}

    /// What brings the service's tables up to date.
    static var migrations: [Migration] {
        get throws { try WorkTables.migrations + .inside(.module) }
    }

    public func assemble(on host: ServiceHost) async throws -> some EndpointProvider {
        let database = try await host.database(migrations: try Self.migrations)
        let notices = NoticeSender.queue(in: database), charges = Charges(database: database, notices: notices)
        host.use([AuthenticationMiddleware(verifier: nil, serviceKey: host.serviceKey), LostAnswers(charges: charges)])
        if let address = host.address(of: "payments") {
            let secret = try WebhookSecret.of(host)
            let sender = NoticeSender(queue: notices, client: host.http, address: address, secret: secret)
            await host.run("webhook sender") { await sender.run() }
        }
        return Processor(charges: charges)
    }
}
