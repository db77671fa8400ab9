import AccountsTesting
import Foundation
import Money
import Payments
import PaymentsAPI
import Processor
import ProcessorAPI
import Roost
import RoostSystem
import RoostSystemTesting

/// The payments service with the services that it calls.
struct PaymentsSystem {
    static let webhookSecret = "what both sides know"

    let system: TestSystem
    /// A client like that of the orders service.
    let payments: any PaymentsAPI
    let administrator: any PaymentsAPI
    private let accounts: TestAccounts

    /// Runs a test with the real processor, which is called over HTTP as in a process of its own.
    static func run(_ test: (PaymentsSystem) async throws -> Void) async throws {
        let accounts = TestAccounts()
        try await TestSystem.run(arrangement: .apart) {
            accounts
            ProcessorService()
            PaymentsService()
        } test: { system in
            try await test(PaymentsSystem(system, accounts))
        }
    }

    /// Runs a test with the test's own processor.
    static func run(
        with processor: RecordedProcessor, in folder: TemporaryFolder? = nil, _ test: (PaymentsSystem) async throws -> Void
    ) async throws {
        let accounts = TestAccounts()
        try await TestSystem.run(["WEBHOOK_SECRET": webhookSecret], in: folder) {
            accounts
            ServiceDouble(ProcessorAPIContract.self, by: processor.api)
            PaymentsService()
        } test: { system in
            try await test(PaymentsSystem(system, accounts))
        }
    }

    private init(_ system: TestSystem, _ accounts: TestAccounts) async throws {
        self.system = system
        self.accounts = accounts
        payments = try await system.client(PaymentsAPIContract.self, as: .service("orders"))
        administrator = try await system.client(PaymentsAPIContract.self, as: .bearer(accounts.token(roles: ["admin"])))
    }

    /// A client with an account that has these roles.
    func client(roles: Set<String> = []) async throws -> HTTPTestClient {
        try await system.client(of: "payments", as: .bearer(accounts.token(roles: roles)))
    }

    /// The payments of an order, as an administrator sees them.
    func listed(_ order: UUID) async throws -> [Payment] {
        try await administrator.payments(orderId: order, limit: nil, cursor: nil).items
    }
}

extension PaymentRequest {
    static func of(_ order: UUID, _ token: String, cents: UInt32 = 1999) -> PaymentRequest {
        PaymentRequest(orderId: order, amount: .euros(cents: cents), token: token)
    }
}
