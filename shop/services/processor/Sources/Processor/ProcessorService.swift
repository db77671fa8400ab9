import Foundation
import ProcessorAPI
import Roost
import RoostAuth
import RoostData
import RoostSystem
import ShopCommon

/// The test processor, put together. Like a real one, it knows its merchant only by a service key, a webhook's address and a
/// secret.
public struct ProcessorService: ServiceDefinition {
    public let name = "processor"
    public let contracts: [any Contract.Type] = [ProcessorAPIContract.self]
    public let settings: [any SettingDeclaration] = [WebhookSecret.setting]

    public init() {}

    public func assemble(on host: ServiceHost) async throws -> ServiceAssembly {
        let database = try await host.database(migrations: .inside(.module))
        let charges = Charges(database: database)
        var service = ServiceAssembly(middleware: [
            AuthenticationMiddleware(verifier: nil, serviceKey: host.serviceKey), LostAnswers(charges: charges),
        ])
        service.serve(ProcessorAPIContract.self, by: Processor(charges: charges))
        if let address = host.address(of: "payments") {
            let secret = try WebhookSecret.of(host)
            let sender = NoticeSender(queue: NoticeQueue(database: database), client: host.http, address: address, secret: secret)
            service.workers.append(Worker("webhook sender") { try await sender.run() })
        }
        return service
    }
}
