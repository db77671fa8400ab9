import Foundation
import PaymentsAPI
import ProcessorAPI
import Roost
import RoostData
import RoostSQLite
import RoostSystemTesting
import Testing

/// A newer version of the service knows states that this one does not.
@Suite(.timeLimit(.minutes(5))) struct UnknownStateTests {
    @Test func aPaymentInAnUnknownStateIsLeftAsItIs() async throws {
        let folder = try TemporaryFolder(), processor = RecordedProcessor(), order = UUID.v7()
        try await PaymentsSystem.run(with: processor, in: folder) { system async throws in
            _ = try await system.payments.charge(.of(order, "tok_ok"))
            let database = try await TestDatabases(in: folder).open("payments")
            try await database.execute("UPDATE payments SET status = 'disputed'")
            await #expect(
                performing: { try await system.payments.charge(.of(order, "tok_ok")) }, throws: refused(with: .internalError))
            await #expect(
                performing: { try await system.payments.refund(RefundRequest(orderId: order)) }, throws: refused(with: .internalError))
            #expect(processor.charged.count == 1)
            #expect(processor.refunded.isEmpty)
            #expect(try await database.first("SELECT status FROM payments")?.get("status") == "disputed")
            await database.close()
        }
    }
}
