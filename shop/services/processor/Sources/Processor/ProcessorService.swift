import Foundation
import ProcessorAPI
import Roost
import RoostAuth
import RoostData
import RoostSystem
import RoostWork
import ShopCommon

/// The definition of the test processor. Like a real one, it only has a service key, the address of a webhook and a secret to identify its
/// merchant.
public struct ProcessorService: ServiceDefinition {
    /// The service's name: `processor`.
    public let name = "processor"
    /// The charges, the record of their changes, and how often each was asked for.
    public let database = DatabaseDefinition(
        .module, models: [ChargeRow.self, ChargeEntryRow.self, AttemptRow.self], after: WorkTables.migrations)
    /// The secret with which webhooks are signed.
    public let settings: [any SettingDeclaration] = [WebhookSecret.setting]

    /// Creates the definition.
    public init() {}

    /// Opens the database, sends webhooks to the payments service if the system has one, and returns the implementation.
    /// - Throws: A `ConfigurationError` or a `DatabaseError`.
    public func assemble(on host: ServiceHost) async throws -> some EndpointProvider {
        let database = try await host.database()
        let notices = NoticeSender.queue(in: database), charges = Charges(database: database, notices: notices)
        host.use([AuthenticationMiddleware(verifier: nil, serviceKey: host.serviceKey), ResponseLossMiddleware(charges: charges)])
        if let address = host.address(of: "payments") {
            let secret = try WebhookSecret.of(host)
            let sender = NoticeSender(queue: notices, client: host.http, address: address, secret: secret)
            await host.run("webhook sender") { await sender.run() }
        }
        return Processor(charges: charges)
    }
}
